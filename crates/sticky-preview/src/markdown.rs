//! Markdown as a bounded, harmless tree: what every rendering of a note starts from.

use std::mem;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

/// What of a note is read at most, in bytes; the rest is not rendered.
const MAX_BYTES: usize = 64 * 1024;

/// Quotes, lists and emphasis nested deeper than this become plain text.
const MAX_DEPTH: usize = 32;

/// A longer target is no address that a person wrote; the words stay, the link goes nowhere.
const MAX_URL: usize = 2_048;

/// A note of ten thousand table cells is somebody's joke; what comes after this many pieces is cut.
const MAX_NODES: usize = 16_384;

pub(crate) type Node<'a> = &'a AstNode<'a>;

/// GitHub's dialect with a line break where the author pressed Enter, as chats show it.
pub(crate) fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    options.extension.cjk_friendly_emphasis = true;
    options.render.hardbreaks = true;
    options.render.escape = true;
    options.render.tasklist_classes = true;
    options
}

/// The note as a tree: bounded in size and nesting, its raw HTML as text, its images as links.
pub(crate) fn parse<'a>(arena: &'a Arena<'a>, markdown: &str) -> Node<'a> {
    let read = &markdown[..markdown.floor_char_boundary(MAX_BYTES)];
    let root = parse_document(arena, read, &options());
    cut_after(root, MAX_NODES);
    root.descendants().for_each(|node| tame(arena, node));
    flatten_below(arena, root, MAX_DEPTH);
    root
}

/// The words in a subtree without their marks; breaks become spaces.
pub(crate) fn text_of(node: Node<'_>) -> String {
    let mut text = String::new();
    for inner in node.descendants() {
        match &inner.data().value {
            NodeValue::Text(literal) => text.push_str(literal),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::CodeBlock(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
            value if value.block() && !text.is_empty() => text.push(' '),
            _ => {}
        }
    }
    text
}

fn set(node: Node<'_>, value: NodeValue) {
    node.data_mut().value = value;
}

fn text<'a>(arena: &'a Arena<'a>, text: impl Into<String>) -> Node<'a> {
    arena.alloc(AstNode::from(NodeValue::Text(text.into().into())))
}

/// Detaches everything after the first `count` pieces in reading order.
fn cut_after(root: Node<'_>, count: usize) {
    let rest: Vec<_> = root.descendants().skip(count).collect();
    rest.iter().for_each(|node| node.detach());
}

/// Turns quotes, lists and emphasis nested deeper than `limit` into plain text.
pub(crate) fn flatten_below<'a>(arena: &'a Arena<'a>, root: Node<'a>, limit: usize) {
    let mut pending = vec![(root, 0)];
    while let Some((node, depth)) = pending.pop() {
        if depth >= limit && nests(&node.data().value) {
            flatten(arena, node);
        }
        pending.extend(node.children().map(|child| (child, depth + 1)));
    }
}

fn tame<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let value = &mut node.data_mut().value;
    match value {
        NodeValue::HtmlInline(html) => *value = NodeValue::Text(mem::take(html).into()),
        NodeValue::HtmlBlock(block) => {
            let html = mem::take(&mut block.literal);
            *value = NodeValue::Paragraph;
            node.append(text(arena, html.trim_end()));
        }
        NodeValue::Image(link) => {
            let link = mem::take(link);
            if node.first_child().is_none() {
                node.append(text(arena, &link.url));
            }
            *value = NodeValue::Link(link);
        }
        _ => {}
    }
    if let NodeValue::Link(link) = value
        && link.url.len() > MAX_URL
    {
        link.url.clear();
    }
}

fn nests(value: &NodeValue) -> bool {
    use NodeValue::{BlockQuote, Emph, Link, List, Strikethrough, Strong};
    matches!(value, BlockQuote | List(_) | Emph | Strong | Strikethrough | Link(_))
}

/// Replaces a subtree by its words.
fn flatten<'a>(arena: &'a Arena<'a>, node: Node<'a>) {
    let words = node.children().map(text_of).collect::<Vec<_>>().join(" ");
    while let Some(child) = node.first_child() {
        child.detach();
    }
    if node.data().value.block() {
        set(node, NodeValue::Paragraph);
        node.append(text(arena, words));
    } else {
        set(node, NodeValue::Text(words.into()));
    }
}
