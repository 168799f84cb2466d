//! Titles: set by someone, or following the first line of the text.

use thiserror::Error;

/// The longest title in Unicode scalar values.
pub const MAX_TITLE: usize = 256;
/// The longest title that follows the text.
const MAX_DERIVED: usize = 80;
/// What an empty note without a title is called.
pub const UNTITLED: &str = "Untitled";

/// A title that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TitleError {
    #[error("a title has at most {MAX_TITLE} characters; this one has {0}")]
    TooLong(usize),
    #[error("a title has no control characters")]
    ControlCharacter,
}

/// The title as it is stored: trimmed; blank means "follow the text".
pub fn parse(text: &str) -> Result<Option<String>, TitleError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().any(char::is_control) {
        return Err(TitleError::ControlCharacter);
    }
    match text.chars().count() {
        length if length > MAX_TITLE => Err(TitleError::TooLong(length)),
        _ => Ok(Some(text.to_owned())),
    }
}

/// The first non-empty line of `markdown` without its marks, at most 80 characters; empty when there is none.
pub fn derive(markdown: &str) -> String {
    markdown
        .lines()
        .map(plain_line)
        .find(|line| !line.is_empty())
        .map(|line| clip(&line))
        .unwrap_or_default()
}

/// What people see: the set title, else the derived one, else "Untitled".
pub fn effective<'a>(set: Option<&'a str>, derived: &'a str) -> &'a str {
    set.unwrap_or(if derived.is_empty() { UNTITLED } else { derived })
}

fn clip(line: &str) -> String {
    if line.chars().count() <= MAX_DERIVED {
        return line.to_owned();
    }
    let mut clipped: String = line.chars().take(MAX_DERIVED - 1).collect();
    clipped.truncate(clipped.trim_end().len());
    clipped.push('…');
    clipped
}

fn plain_line(line: &str) -> String {
    let line = without_block_mark(line.trim());
    if line.chars().all(|c| matches!(c, '-' | '*' | '_' | '=' | '`' | '~' | '|' | ':' | ' ')) {
        return String::new();
    }
    without_inline_marks(line)
}

/// Strips headings, quotes, bullets, numbers and task boxes, as often as they are nested.
fn without_block_mark(mut line: &str) -> &str {
    loop {
        let stripped = strip_one_mark(line);
        if stripped.len() == line.len() {
            return line;
        }
        line = stripped.trim_start();
    }
}

fn strip_one_mark(line: &str) -> &str {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes) && line[hashes..].starts_with([' ', '\t']) {
        return line[hashes..].trim_end_matches('#');
    }
    if let Some(rest) = line.strip_prefix('>') {
        return rest;
    }
    for mark in ["- ", "* ", "+ ", "[ ] ", "[x] ", "[X] "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return rest;
        }
    }
    strip_number(line).unwrap_or(line)
}

fn strip_number(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line[digits..].strip_prefix(['.', ')'])?;
    ((1..=9).contains(&digits) && rest.starts_with(' ')).then_some(rest)
}

/// Drops emphasis and code marks, keeps the text of links.
fn without_inline_marks(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if let Some((label, after)) = link(rest) {
            plain.push_str(&without_inline_marks(label));
            rest = after;
            continue;
        }
        let after = &rest[first.len_utf8()..];
        let in_word = first == '_'
            && plain.ends_with(char::is_alphanumeric)
            && after.starts_with(char::is_alphanumeric);
        if !matches!(first, '*' | '`' | '~' | '_') || in_word {
            plain.push(first);
        }
        rest = after;
    }
    plain.trim().to_owned()
}

/// `[label](target)` or `![label](target)` at the start of `text`: the label and what follows.
fn link(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix("![").or_else(|| text.strip_prefix('['))?;
    let (label, after) = inner.split_once("](")?;
    let (_, after) = after.split_once(')')?;
    (!label.contains(['[', ']'])).then_some((label, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_derived_title_is_the_first_line_without_marks() {
        let table = [
            ("", ""),
            ("\n  \n---\nhello", "hello"),
            ("# Shopping **list**\n- milk", "Shopping list"),
            ("- [ ] buy `milk`", "buy milk"),
            ("> 1. [docs](https://example.org/a_b) now", "docs now"),
            ("snake_case _stays_", "snake_case stays"),
            ("####### seven", "####### seven"),
            ("- ", ""),
            ("![cat](cat.png)", "cat"),
            ("日本語 🎉", "日本語 🎉"),
            ("[unclosed", "[unclosed"),
        ];
        for (text, expected) in table {
            assert_eq!(derive(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_first_line_is_cut_to_eighty_characters() {
        let title = derive(&"ab ".repeat(60));
        assert!(title.chars().count() <= 80 && title.ends_with('…'), "{title}");
    }

    #[test]
    fn titles_are_trimmed_and_bounded() {
        assert_eq!(parse("  plan "), Ok(Some("plan".to_owned())));
        assert_eq!(parse(" \t"), Ok(None));
        assert_eq!(parse(&"é".repeat(256)).map(|title| title.is_some()), Ok(true));
        assert_eq!(parse(&"é".repeat(257)), Err(TitleError::TooLong(257)));
        assert_eq!(parse("a\nb"), Err(TitleError::ControlCharacter));
    }
}
