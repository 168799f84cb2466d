use sticky_domain::card::{CardRenderer, Theme};
use sticky_preview::Renderer;

use crate::samples::{card, note};

const INTER: &[u8] = include_bytes!("../../fonts/inter-latin-wght-normal.woff2");

#[test]
fn a_bad_font_is_named_and_the_good_ones_are_used() {
    let renderer = Renderer::new();
    let before = renderer.version();
    let refused = renderer.load_fonts([
        ("broken.woff2", &b"wOF2nonsense"[..]),
        ("inter.woff2", INTER),
        ("empty", b""),
    ]);
    let names: Vec<_> = refused.iter().map(|font| font.name.as_str()).collect();
    assert_eq!(names, ["broken.woff2", "empty"]);
    assert_ne!(renderer.version(), before, "pictures drawn with other fonts are other pictures");
}

#[test]
fn what_no_font_has_is_not_drawn_as_a_broken_box() {
    let renderer = Renderer::new();
    let of = |title: &str| renderer.svg(&card(title, "text", Theme::Light)).unwrap();
    assert_eq!(of("漢字"), of("日本"), "stand-ins tell letters apart");
    assert_ne!(of("漢"), of("🎉"), "letters and emoji look the same");
    assert_ne!(of("漢"), of(""), "nothing stands in");
}

#[test]
fn joiners_and_marks_that_take_no_glyph_need_no_stand_in() {
    let renderer = Renderer::new();
    let of = |text: &str| renderer.png(&note(text)).unwrap();
    assert_eq!(of("a\u{200b}b"), of("ab"));
}
