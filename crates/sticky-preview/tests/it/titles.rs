use sticky_domain::card::{CardRenderer, Theme};
use sticky_domain::title;
use sticky_preview::Renderer;

use crate::samples::card;

fn summary(title: &str, markdown: &str) -> String {
    Renderer::new().summary(&card(title, markdown, Theme::Light), 60)
}

#[test]
fn a_summary_does_not_repeat_the_title() {
    let table = [
        ("Plan", "# Plan\n\nMeet at nine", "Meet at nine"),
        ("Plan", "**Plan**\nMeet at nine", "Meet at nine"),
        ("Plan", "Meet at nine", "Meet at nine"),
        ("Plan", "Planets are round", "Planets are round"),
        ("Plan", "Plan", ""),
        ("milk", "- milk\n- bread", "• milk • bread"),
        ("", "", ""),
    ];
    for (title, markdown, expected) in table {
        assert_eq!(summary(title, markdown), expected, "{markdown:?}");
    }
}

#[test]
fn a_title_that_was_cut_goes_on_in_the_text() {
    let line = "word ".repeat(20) + "**and** the end";
    let shown = summary(&title::derive(&line), &line);
    assert_eq!(shown, "…word word word word and the end");
}

#[test]
fn a_title_that_was_cut_within_a_word_repeats_the_word() {
    let line = "twelve words ".repeat(7) + "are enough";
    assert!(title::derive(&line).ends_with("t…"));
    assert_eq!(summary(&title::derive(&line), &line), "…twelve words are enough");
}

#[test]
fn a_summary_is_bounded_in_characters() {
    let shown = summary("", &"日本語 text ".repeat(1_000));
    assert!(shown.chars().count() <= 60 && shown.ends_with('…'), "{shown}");
}
