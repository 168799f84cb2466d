//! A note as the page that the picture is taken of.

use std::sync::{Arc, LazyLock};

use comrak::Arena;
use comrak::html::escape;
use comrak::nodes::{AstNode, NodeValue};
use sticky_domain::card::{Card, Theme};
use sticky_domain::title::UNTITLED;
use takumi::prelude::StyleSheet;

use crate::fonts::Coverage;
use crate::markdown::{self, Node};
use crate::{excerpt, glyphs, html, plain};

/// The classes that the card's own marks use, for the sanitiser.
pub(crate) const CLASSES: [&str; 3] = ["box", "ticked", "tick"];

/// A text of at most so many characters is set larger: a short note is meant to be read at a glance.
const SHORT_TEXT: usize = 140;
const SHORT_TITLE: usize = 30;

/// Six lists or quotes in each other: the next would leave no room for words.
const MAX_DEPTH: usize = 12;

pub(crate) fn style_sheet() -> Arc<StyleSheet> {
    static SHEET: LazyLock<Arc<StyleSheet>> = LazyLock::new(|| {
        Arc::new(
            StyleSheet::parse(include_str!("card.css")).expect("the committed style sheet parses"),
        )
    });
    Arc::clone(&SHEET)
}

/// The note's text without the line that its title repeats.
pub(crate) fn text_below_title(card: &Card) -> String {
    let arena = Arena::new();
    let root = markdown::parse(&arena, &card.markdown);
    excerpt::drop_title(root, &card.title);
    plain::plain_tree(root)
}

/// The page that a picture is taken of.
pub(crate) struct Page {
    theme: &'static str,
    script: &'static str,
    /// Title and text, sanitised.
    flow: String,
    /// Whether the note has more text than any card can hold.
    pub(crate) is_cut: bool,
}

/// What of the flow's height the sheet shows, in pixels; see card.css.
pub(crate) const VISIBLE_HEIGHT: f32 = 464.0;

impl Page {
    pub(crate) fn new(card: &Card, coverage: &Coverage) -> Self {
        let theme = match card.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let (flow, is_cut) = flow(card, coverage);
        Self { theme, script: script(card), flow, is_cut }
    }

    /// The page as HTML, fading out at the foot if there is more to read.
    pub(crate) fn html(&self, fades: bool) -> String {
        let Self { theme, script, flow, .. } = self;
        let fade = if fades { r#"<div class="fade"></div>"# } else { "" };
        format!(
            r#"<div class="desk {theme} {script}"><div class="sheet"><div class="flow">{flow}</div></div>{fade}<div class="band"></div>{FOOT}</div>"#
        )
    }
}

/// Han characters are drawn differently in each country; the letters beside them tell which.
fn script(card: &Card) -> &'static str {
    let start = card.title.chars().chain(card.markdown.chars()).take(2_000);
    let is_local = |c: &char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}');
    match start.filter(is_local).last() {
        Some('\u{3040}'..='\u{30ff}') => "japanese",
        Some(_) => "korean",
        None => "chinese",
    }
}

const FOOT: &str = r#"<div class="foot"><div class="mark"><div class="mark-fold"></div></div><div class="brand">Sticky</div></div><div class="fold"></div>"#;

const EMPTY: &str = r#"<div class="empty">Empty note</div><div class="rule"></div><div class="rule"></div><div class="rule"></div>"#;

fn flow(card: &Card, coverage: &Coverage) -> (String, bool) {
    let arena = Arena::new();
    let root = markdown::parse(&arena, &card.markdown);
    if root.first_child().is_none() {
        return (title(card, true, coverage) + EMPTY, false);
    }
    excerpt::drop_title(root, &card.title);
    markdown::flatten_below(&arena, root, MAX_DEPTH);
    let is_cut = excerpt::cut(root);
    let size = size(root);
    draw_marks(&arena, root, coverage);
    let title = title(card, false, coverage);
    let text = html::card_fragment(root);
    (format!(r#"{title}<div class="text {size}">{text}</div>"#), is_cut)
}

fn title(card: &Card, is_blank: bool, coverage: &Coverage) -> String {
    let title = card.title.trim();
    if title.is_empty() || is_blank && title == UNTITLED {
        return String::new();
    }
    let size = if title.chars().count() <= SHORT_TITLE { "large" } else { "small" };
    format!(r#"<div class="title {size}">{}</div>"#, drawn(&glyphs::tidied(title), coverage))
}

fn drawn(text: &str, coverage: &Coverage) -> String {
    glyphs::with_stand_ins(text, coverage).unwrap_or_else(|| {
        let mut html = String::new();
        escape(&mut html, text).expect("a String takes every write");
        html
    })
}

fn size(root: Node<'_>) -> &'static str {
    let only_paragraphs =
        root.children().all(|node| matches!(node.data().value, NodeValue::Paragraph));
    let is_short =
        markdown::text_of(root).chars().count() <= SHORT_TEXT && root.children().count() <= 2;
    if only_paragraphs && is_short { "large" } else { "small" }
}

/// Puts drawn boxes in place of form controls, and stand-ins in place of what the fonts lack.
fn draw_marks<'a>(arena: &'a Arena<'a>, root: Node<'a>, coverage: &Coverage) {
    let nodes: Vec<_> = root.descendants().collect();
    for node in nodes {
        draw_missing(&mut node.data_mut().value, coverage);
        if let Some(html) = drawn_box(&node.data().value) {
            node.prepend(arena.alloc(AstNode::from(NodeValue::Raw(html.to_owned()))));
        }
    }
}

fn draw_missing(value: &mut NodeValue, coverage: &Coverage) {
    match value {
        NodeValue::Text(text) => {
            let tidied = glyphs::tidied(text);
            *value = match glyphs::with_stand_ins(&tidied, coverage) {
                Some(html) => NodeValue::Raw(html),
                None => NodeValue::Text(tidied.into()),
            };
        }
        NodeValue::Code(code) => glyphs::dot_out(&mut code.literal, coverage),
        NodeValue::CodeBlock(code) => glyphs::dot_out(&mut code.literal, coverage),
        _ => {}
    }
}

fn drawn_box(value: &NodeValue) -> Option<&'static str> {
    let NodeValue::TaskItem(task) = value else { return None };
    Some(match task.symbol {
        Some(_) => r#"<span class="box ticked"><span class="tick"></span></span>"#,
        None => r#"<span class="box"></span>"#,
    })
}
