//! What of a note its card shows: below the title, and no more than fits.

use comrak::nodes::NodeValue;

use crate::markdown::{self, Node};

/// A picture holds some 700 characters; each piece of structure counts like a few of them.
const ROOM: usize = 1_500;
const COST_OF_PIECE: usize = 8;
const MAX_COLUMNS: usize = 6;

/// Removes the note's first line if the title shown above it says the same. A title that was cut
/// short goes on in the text.
pub(crate) fn drop_title(root: Node<'_>, title: &str) {
    let Some(block) = root.first_child() else { return };
    if !matches!(block.data().value, NodeValue::Paragraph | NodeValue::Heading(_)) {
        return;
    }
    let line: Vec<_> = block.children().take_while(|node| !is_break(node)).collect();
    let words = line.iter().map(|node| markdown::text_of(node)).collect::<String>();
    if words.trim() == title.trim() {
        remove_line(block, &line);
    } else if let Some(start) = title.strip_suffix('…')
        && let Some(rest) = words.strip_prefix(start)
    {
        skip_characters(&line, whole_words(start, rest).chars().count());
    }
}

/// A title cut within a word repeats that word below.
fn whole_words<'a>(start: &'a str, rest: &str) -> &'a str {
    match start.rfind(' ') {
        Some(space) if !rest.starts_with(' ') => &start[..space],
        _ => start,
    }
}

/// Detaches what cannot be seen on the card, so that layout costs the same for every note, and
/// tells whether there was any.
pub(crate) fn cut(root: Node<'_>) -> bool {
    drop_far_columns(root);
    let mut room = ROOM;
    let nodes: Vec<_> = root.descendants().skip(1).collect();
    for node in nodes {
        if room == 0 {
            node.detach();
            continue;
        }
        room = room.saturating_sub(COST_OF_PIECE);
        shorten(&mut node.data_mut().value, &mut room);
    }
    room == 0
}

fn drop_far_columns(root: Node<'_>) {
    let is_row = |node: &Node<'_>| matches!(node.data().value, NodeValue::TableRow(_));
    let rows: Vec<_> = root.descendants().filter(is_row).collect();
    let far: Vec<_> = rows.iter().flat_map(|row| row.children().skip(MAX_COLUMNS)).collect();
    far.iter().for_each(|cell| cell.detach());
}

fn is_break(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::SoftBreak | NodeValue::LineBreak)
}

fn remove_line(block: Node<'_>, line: &[Node<'_>]) {
    line.iter().for_each(|node| node.detach());
    if let Some(rest) = block.first_child() {
        rest.detach();
    }
    if block.first_child().is_none() {
        block.detach();
    }
}

fn skip_characters(line: &[Node<'_>], count: usize) {
    let mut left = count;
    for node in line.iter().flat_map(|node| node.descendants()) {
        let mut data = node.data_mut();
        let Some(text) = literal(&mut data.value) else { continue };
        let kept: String = text.chars().skip(left).collect();
        left -= left.min(text.chars().count());
        if left == 0 {
            *text = format!("…{}", kept.trim_start());
            return;
        }
        *text = kept;
    }
}

fn shorten(value: &mut NodeValue, room: &mut usize) {
    let Some(text) = literal(value) else { return };
    if let Some((end, _)) = text.char_indices().nth(*room) {
        text.truncate(end);
    }
    *room = room.saturating_sub(text.chars().count());
}

fn literal(value: &mut NodeValue) -> Option<&mut String> {
    match value {
        NodeValue::Text(text) => Some(text.to_mut()),
        NodeValue::Code(code) => Some(&mut code.literal),
        NodeValue::CodeBlock(code) => Some(&mut code.literal),
        _ => None,
    }
}
