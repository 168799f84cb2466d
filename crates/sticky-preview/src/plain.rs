//! A note as text without its marks.

use comrak::Arena;
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{ListType, NodeValue};

use crate::markdown::{self, Node};

pub(crate) fn plain(markdown: &str) -> String {
    let arena = Arena::new();
    plain_tree(markdown::parse(&arena, markdown))
}

/// One line of at most `characters` characters, cut between words where there are words.
pub(crate) fn one_line(text: &str, characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= characters {
        return line;
    }
    let room = line.char_indices().nth(characters.saturating_sub(1)).map_or(0, |(end, _)| end);
    let kept = &line[..room];
    let whole_words = match kept.rfind(' ') {
        Some(space) if !line[room..].starts_with(' ') && space > room / 2 => &kept[..space],
        _ => kept,
    };
    format!("{}…", whole_words.trim_end_matches([' ', ',', ';', ':', '.']))
}

pub(crate) fn plain_tree(root: Node<'_>) -> String {
    let mut writer = Writer::default();
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => writer.enter(node),
            NodeEdge::End(node) => writer.leave(node),
        }
    }
    writer.text
}

/// Text in the making: blocks end in line breaks that are only written once something follows.
#[derive(Default)]
struct Writer {
    text: String,
    breaks: usize,
    depth: usize,
}

impl Writer {
    fn enter(&mut self, node: Node<'_>) {
        match &node.data().value {
            NodeValue::Text(literal) => self.write(literal),
            NodeValue::Code(code) => self.write(&code.literal),
            NodeValue::CodeBlock(code) => self.write(code.literal.trim_end()),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.end_lines(1),
            NodeValue::List(_) => self.depth += 1,
            NodeValue::Item(_) => self.write(&marker(node)),
            NodeValue::TaskItem(task) => {
                self.write(if task.symbol.is_some() { "☑ " } else { "☐ " });
            }
            NodeValue::TableCell if node.previous_sibling().is_some() => self.write("\t"),
            _ => {}
        }
    }

    fn leave(&mut self, node: Node<'_>) {
        match &node.data().value {
            NodeValue::Item(_) | NodeValue::TaskItem(_) | NodeValue::TableRow(_) => {
                self.end_lines(1)
            }
            NodeValue::List(_) => {
                self.depth -= 1;
                self.end_lines(if self.depth == 0 { 2 } else { 1 });
            }
            NodeValue::Paragraph if self.depth > 0 => self.end_lines(1),
            NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::CodeBlock(_)
            | NodeValue::Table(_) => self.end_lines(2),
            _ => {}
        }
    }

    fn end_lines(&mut self, count: usize) {
        self.breaks = self.breaks.max(count);
    }

    fn write(&mut self, text: &str) {
        if !self.text.is_empty() && self.breaks > 0 {
            self.text.extend(std::iter::repeat_n('\n', self.breaks));
            self.text.extend(std::iter::repeat_n("  ", self.depth.saturating_sub(1)));
        }
        self.breaks = 0;
        self.text.push_str(text);
    }
}

fn marker(item: Node<'_>) -> String {
    let NodeValue::Item(list) = item.data().value else { return String::new() };
    match list.list_type {
        ListType::Bullet => "• ".to_owned(),
        ListType::Ordered => format!("{}. ", list.start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_removed_and_the_shape_stays() {
        let table = [
            ("# Plan\n\nBuy **milk** and `bread`", "Plan\n\nBuy milk and bread"),
            ("- a\n- b\n  - c\n\nend", "• a\n• b\n  • c\n\nend"),
            ("3. a\n4. b", "3. a\n4. b"),
            ("- [x] done\n- [ ] open", "☑ done\n☐ open"),
            ("> quoted\n> twice", "quoted\ntwice"),
            ("|a|b|\n|-|-|\n|1|2|", "a\tb\n1\t2"),
            ("```\nlet x;\n```\n---\nz", "let x;\n\nz"),
            ("[docs](https://a.example) ![cat](c.png)", "docs cat"),
            ("<b>x</b>", "<b>x</b>"),
            ("", ""),
        ];
        for (markdown, expected) in table {
            assert_eq!(plain(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn a_summary_is_one_line_cut_between_words() {
        assert_eq!(one_line("a\nb\n\nc", 10), "a b c");
        assert_eq!(one_line("the quick brown fox", 12), "the quick…");
        assert_eq!(one_line("日本語のとても長い文章", 5), "日本語の…");
        assert_eq!(one_line("anything", 0), "…");
    }
}
