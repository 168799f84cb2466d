use super::query::{Query, Term};
use super::words::{fold, is_letter, is_unspaced};

/// About how many letters a snippet has.
const LENGTH: usize = 160;
/// How many of them come before the first hit.
const LEAD: usize = 40;

/// A part of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// The place where a text says first what was looked for, on one line. Empty when the text is.
pub fn snippet(text: &str, query: &Query) -> Vec<Piece> {
    let hits = hits(text, query);
    let first = hits.first().map_or(0, |hit| hit.0);
    let start = back(text, first, LEAD);
    let end = forth(text, start, LENGTH);
    let mut pieces = Vec::new();
    let mut at = start;
    for (from, to) in hits.into_iter().filter(|(_, to)| *to <= end) {
        push(&mut pieces, &text[at..from], false);
        push(&mut pieces, &text[from..to], true);
        at = to;
    }
    push(&mut pieces, &text[at..end], false);
    with_ellipses(pieces, start > 0, end < text.len())
}

/// Where words say a term, in order.
fn hits(text: &str, query: &Query) -> Vec<(usize, usize)> {
    let mut hits = Vec::new();
    let mut at = 0;
    let mut end = usize::MAX;
    while let Some((from, to)) = next_word(text, at)
        && from < end
    {
        let word = &text[from..to];
        let folded = fold(word);
        if let Some(term) = query.terms.iter().find(|term| term.is_in(&folded)) {
            let (inner_from, inner_to) = within(word, term);
            hits.push((from + inner_from, from + inner_to));
            // No letter has more than four bytes.
            end = end.min(from + 4 * LENGTH);
        }
        at = to;
    }
    hits
}

fn next_word(text: &str, at: usize) -> Option<(usize, usize)> {
    let from = at + text[at..].find(is_letter)?;
    let to = text[from..].find(|c| !is_letter(c)).map_or(text.len(), |length| from + length);
    Some((from, to))
}

/// The part of a word that is the hit: all of it, but in scripts without spaces only the term.
fn within(word: &str, term: &Term) -> (usize, usize) {
    if !term.text.starts_with(is_unspaced) {
        return (0, word.len());
    }
    word.find(&term.text).map_or((0, word.len()), |at| (at, at + term.text.len()))
}

fn back(text: &str, from: usize, letters: usize) -> usize {
    text[..from].char_indices().rev().take(letters).last().map_or(from, |(at, _)| at)
}

fn forth(text: &str, from: usize, letters: usize) -> usize {
    text[from..].char_indices().nth(letters).map_or(text.len(), |(at, _)| from + at)
}

/// Line breaks and runs of spaces become one space.
fn push(pieces: &mut Vec<Piece>, text: &str, hit: bool) {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_whitespace() || c.is_control() {
            true if line.ends_with(' ') => {}
            true => line.push(' '),
            false => line.push(c),
        }
    }
    if !line.is_empty() {
        pieces.push(Piece { text: line, hit });
    }
}

fn with_ellipses(mut pieces: Vec<Piece>, before: bool, after: bool) -> Vec<Piece> {
    let ellipsis = || Piece { text: "…".to_owned(), hit: false };
    if before {
        pieces.insert(0, ellipsis());
    }
    if after {
        pieces.push(ellipsis());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, query: &str) -> String {
        let pieces = snippet(text, &Query::parse(query).unwrap());
        pieces
            .iter()
            .map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect()
    }

    #[test]
    fn a_snippet_shows_what_was_looked_for() {
        assert_eq!(shown("Buy milk\n\nand  Honey.", "hon MIL"), "Buy [milk] and [Honey].");
        assert_eq!(shown("Crème brûlée", "creme"), "[Crème] brûlée");
        assert_eq!(shown("これは日本語です", "日本"), "これは[日本]語です");
        assert_eq!(shown("nothing of it", "zzz"), "nothing of it");
        assert_eq!(shown("", "zzz"), "");
    }

    #[test]
    fn a_long_text_is_shown_around_the_first_hit() {
        let text = format!("{}needle {}", "hay ".repeat(100), "straw ".repeat(100));
        let shown = shown(&text, "needle");
        assert!(
            shown.starts_with('…') && shown.ends_with('…') && shown.contains("[needle]"),
            "{shown}"
        );
        assert!(shown.chars().count() < LENGTH + 10, "{shown}");
    }
}
