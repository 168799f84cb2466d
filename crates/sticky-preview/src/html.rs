//! A note as a sanitised HTML fragment, for the page behind a link.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::{Arena, format_html};

use crate::markdown::{self, Node};

/// Every element that Markdown makes; anything else is escaped by the formatter and, if it came
/// through all the same, removed by the sanitiser.
const TAGS: [&str; 26] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "input",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
];

/// How long a text may be, in characters, before it is cut into pieces for the serialiser.
const LONGEST_TEXT: usize = 512;

static FRAGMENT: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = sanitiser();
    builder.rm_tags(["span"]);
    builder
});

/// The card also draws boxes, ticks and stand-ins for what its fonts lack.
static CARD: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = sanitiser();
    builder.rm_tags(["input"]);
    builder.add_allowed_classes("span", crate::glyphs::CLASSES.iter().chain(&crate::card::CLASSES));
    builder
});

pub(crate) fn fragment(markdown: &str) -> String {
    let arena = Arena::new();
    FRAGMENT.clean(&formatted(markdown::parse(&arena, markdown))).to_string()
}

/// The card's own tree, already cut to what a picture can hold.
pub(crate) fn card_fragment(root: Node<'_>) -> String {
    CARD.clean(&formatted(root)).to_string()
}

fn formatted(root: Node<'_>) -> String {
    let mut html = String::new();
    format_html(root, &markdown::options(), &mut html).expect("a String takes every write");
    in_pieces(&html)
}

/// The serialiser scans to the end of a text at every ampersand in it, which for a long text of
/// nothing else takes seconds. A comment ends a text; the sanitiser removes the comments.
fn in_pieces(html: &str) -> String {
    let mut pieces = String::with_capacity(html.len() + html.len() / 64);
    let (mut length, mut in_tag) = (0, false);
    for c in html.chars() {
        if length > LONGEST_TEXT && !in_tag && (c == '&' || !c.is_ascii()) {
            pieces.push_str("<!---->");
            length = 0;
        }
        in_tag = c == '<' || in_tag && c != '>';
        length = if in_tag { 0 } else { length + 1 };
        pieces.push(c);
    }
    pieces
}

fn sanitiser() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.into())
        .add_tags(["ul"])
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
            ("input", HashSet::from(["checked", "disabled"])),
        ]))
        .tag_attribute_values(HashMap::from([("td", aligned()), ("th", aligned())]))
        // Whatever an input was before, here it is a box to tick. (Forcing a second attribute would
        // make their order differ from run to run.)
        .set_tag_attribute_value("input", "type", "checkbox")
        .allowed_classes(HashMap::from([
            ("ul", HashSet::from(["contains-task-list"])),
            ("li", HashSet::from(["task-list-item"])),
        ]))
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow ugc"))
        .clean_content_tags(["script", "style"].into());
    builder
}

fn aligned() -> HashMap<&'static str, HashSet<&'static str>> {
    HashMap::from([("align", HashSet::from(["left", "center", "right"]))])
}
