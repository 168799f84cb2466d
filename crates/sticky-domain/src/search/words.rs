use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// How much of a text can be found: beyond it nothing is indexed.
const INDEXED_BYTES: usize = 256 << 10;
/// A longer word is found by its beginning.
const WORD: usize = 64;
/// The mark of a word's edge in its grams: no letter.
const EDGE: char = '_';

/// The distinct words of a text, as they are compared: without case and accents. What is written without spaces is taken
/// in pairs of neighbours.
pub fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for word in folded_words(clipped(text)) {
        split(&word, &mut words);
    }
    words
}

/// The distinct groups of three neighbouring letters of a title's words, their edges counted as letters.
pub fn grams(title: &str) -> BTreeSet<String> {
    folded_words(title).flat_map(|word| grams_of(&edged(&word))).collect()
}

/// The words of a text, folded, in its order.
pub(super) fn folded_words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty()).map(fold)
}

/// Without case, accents and forms that differ only in looks.
pub(super) fn fold(word: &str) -> String {
    let plain = word.nfkd().filter(|c| !is_combining_mark(*c));
    // By way of the upper case, where ς and σ, or ß and SS, meet.
    let lower = plain.flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    lower.nfc().filter(|c| c.is_alphanumeric()).collect()
}

pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// What a folded word is found by: itself, and each pair of neighbours where it is written without spaces.
pub(super) fn split(word: &str, into: &mut BTreeSet<String>) {
    for run in runs(word) {
        if !run.starts_with(is_unspaced) {
            into.insert(run.chars().take(WORD).collect());
            continue;
        }
        let letters: Vec<char> = run.chars().collect();
        into.extend(letters.windows(2).map(String::from_iter));
        // The last has no neighbour, and is found alone.
        into.extend(letters.last().map(char::to_string));
    }
}

/// The parts of a word that are written with spaces around them, and those that are not.
pub(super) fn runs(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let unspaced = is_unspaced(rest.chars().next()?);
        let end = rest.find(|c| is_unspaced(c) != unspaced).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(run)
    })
}

/// Whether words of this script stand next to each other.
pub(super) const fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{2E80}'..='\u{2FDF}' // radicals
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30FF}' // kana
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' // Hangul: particles stick to words
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

pub(super) fn edged(word: &str) -> String {
    format!("{EDGE}{word}{EDGE}")
}

pub(super) fn grams_of(edged: &str) -> Vec<String> {
    let letters: Vec<char> = edged.chars().collect();
    letters.windows(3).map(String::from_iter).collect()
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(INDEXED_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn words_are_compared_without_case_and_accents() {
        assert_eq!(of("Crème BRÛLÉE, crème!"), ["brulee", "creme"]);
        assert_eq!(of("ΟΔΟΣ οδος"), ["οδοσ"]);
        assert_eq!(of("Straße STRASSE ﬁn"), ["fin", "strasse"]);
        assert_eq!(of("snake_case don't v2"), ["case", "don", "snake", "t", "v2"]);
        assert_eq!(of("'\"*()-"), Vec::<String>::new());
    }

    #[test]
    fn unspaced_scripts_are_found_by_pairs() {
        assert_eq!(of("日本語v2"), ["v2", "日本", "本語", "語"]);
        assert_eq!(of("ガ"), of("カ\u{3099}"));
    }

    #[test]
    fn grams_see_the_edges() {
        assert_eq!(Vec::from_iter(grams("Ab cat")), ["_ab", "_ca", "ab_", "at_", "cat"]);
    }
}
