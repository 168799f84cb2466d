//! What made-up notes say.

use crate::splitmix::SplitMix;

/// How many words there are; the first are said most.
const VOCABULARY: u64 = 5_000;
const IN_A_TITLE: u64 = 3;
const IN_A_TEXT: u64 = 60;

const SYLLABLES: [&str; 16] = [
    "ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za",
];

/// A word, the same for the same number.
pub(super) fn word(number: u64) -> String {
    let mut rest = number + 16;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES[(rest % 16) as usize]);
        rest /= 16;
    }
    word
}

/// A word as often as it is said: the rare ones rarely.
pub(super) fn some_word(random: &mut SplitMix) -> String {
    let within = 1 + random.below(VOCABULARY);
    word(random.below(within))
}

/// What a note says: a title, and a text beneath it.
pub(super) fn text(random: &mut SplitMix) -> String {
    format!("# {}\n\n{}\n", words(random, IN_A_TITLE), words(random, IN_A_TEXT))
}

fn words(random: &mut SplitMix, count: u64) -> String {
    (0..count).map(|_| some_word(random)).collect::<Vec<_>>().join(" ")
}
