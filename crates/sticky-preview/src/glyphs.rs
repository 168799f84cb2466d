//! Stand-ins for characters that no loaded font can draw.
//!
//! A font answers what it lacks with boxes that look broken. Until the full set of fonts is there, the card shows such
//! text as loading text is shown: a soft bar for letters, a dot for an emoji.

use comrak::html::escape;
use unicode_segmentation::UnicodeSegmentation;

use crate::fonts::Coverage;

/// The classes that the stand-ins use, for the sanitiser and the style sheet.
pub(crate) const CLASSES: [&str; 6] = ["glyph", "dot", "bar", "bar-2", "bar-3", "bar-4"];

/// How many letters one bar stands for at most, so that lines can still break.
const LONGEST_BAR: usize = 4;

/// The layout engine takes long over long words; those of people are shorter.
const LONGEST_WORD: usize = 48;

/// The text without marks that turn its direction, which only serve to deceive, and with places
/// to break in very long words.
pub(crate) fn tidied(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut length = 0;
    for c in
        text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    {
        length = if c.is_whitespace() { 0 } else { length + 1 };
        if length > LONGEST_WORD && c.is_ascii() {
            tidied.push('\u{200b}');
            length = 1;
        }
        tidied.push(c);
    }
    tidied
}

/// The text as HTML if a stand-in is needed, `None` if the fonts have it all.
pub(crate) fn with_stand_ins(text: &str, coverage: &Coverage) -> Option<String> {
    if text.chars().all(|c| coverage.has(c)) {
        return None;
    }
    let mut html = String::with_capacity(text.len() * 2);
    let mut run = 0;
    for cluster in text.graphemes(true) {
        let stands_in = stand_in(cluster, coverage);
        if stands_in != Some(StandIn::Bar) || run == LONGEST_BAR {
            end_bar(&mut html, &mut run);
        }
        match stands_in {
            Some(StandIn::Bar) => run += 1,
            Some(StandIn::Dot) => html.push_str(r#"<span class="glyph dot"></span>"#),
            None => escape(&mut html, cluster).expect("a String takes every write"),
        }
    }
    end_bar(&mut html, &mut run);
    Some(html)
}

/// Puts a middle dot for what cannot be drawn: for code, where a bar would break the columns.
pub(crate) fn dot_out(text: &mut String, coverage: &Coverage) {
    if text.chars().all(|c| coverage.has(c)) {
        return;
    }
    let drawn = |cluster| if stand_in(cluster, coverage).is_some() { "·" } else { cluster };
    *text = text.graphemes(true).map(drawn).collect();
}

#[derive(PartialEq, Eq)]
enum StandIn {
    Bar,
    Dot,
}

fn stand_in(cluster: &str, coverage: &Coverage) -> Option<StandIn> {
    let missing = cluster.chars().find(|c| !coverage.has(*c))?;
    Some(if is_symbol(missing) { StandIn::Dot } else { StandIn::Bar })
}

/// Arrows, shapes, dingbats and emoji.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2100}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

fn end_bar(html: &mut String, run: &mut usize) {
    match *run {
        0 => {}
        1 => html.push_str(r#"<span class="glyph bar"></span>"#),
        letters => html.push_str(&format!(r#"<span class="glyph bar-{letters}"></span>"#)),
    }
    *run = 0;
}
