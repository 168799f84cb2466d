//! Builds Yjs v1 bytes by hand, also such as no Yjs would write.

use sticky_relay::varint::{put_bytes, put_string, put_uint};

pub(crate) const ROOT: &str = "content";

#[derive(Clone)]
pub(crate) struct Section {
    client: u64,
    clock: u64,
    blocks: Vec<Vec<u8>>,
}

pub(crate) fn section(client: u64, clock: u64, blocks: &[Vec<u8>]) -> Section {
    Section { client, clock, blocks: blocks.to_vec() }
}

pub(crate) type Deletes<'a> = &'a [(u64, &'a [(u64, u64)])];

pub(crate) fn update(sections: &[Section], deletes: Deletes<'_>) -> Vec<u8> {
    let mut out = uints(&[sections.len() as u64]);
    for section in sections {
        out.extend(uints(&[section.blocks.len() as u64, section.client, section.clock]));
        out.extend(section.blocks.concat());
    }
    put_uint(&mut out, deletes.len() as u64);
    for (client, ranges) in deletes {
        out.extend(uints(&[*client, ranges.len() as u64]));
        out.extend(ranges.iter().flat_map(|(clock, len)| uints(&[*clock, *len])));
    }
    out
}

/// One client's blocks and nothing else.
pub(crate) fn blocks(client: u64, clock: u64, blocks: &[Vec<u8>]) -> Vec<u8> {
    update(&[section(client, clock, blocks)], &[])
}

pub(crate) fn uints(values: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    values.iter().for_each(|value| put_uint(&mut out, *value));
    out
}

/// Text at the start of an empty root.
pub(crate) fn first(text: &str) -> Vec<u8> {
    item(4, None, None, &string(text))
}

/// Text after the clock of the client.
pub(crate) fn after(origin: (u64, u64), text: &str) -> Vec<u8> {
    item(4, Some(origin), None, &string(text))
}

pub(crate) fn between(origin: (u64, u64), right: (u64, u64), text: &str) -> Vec<u8> {
    item(4, Some(origin), Some(right), &string(text))
}

pub(crate) fn item(
    kind: u8,
    origin: Option<(u64, u64)>,
    right: Option<(u64, u64)>,
    content: &[u8],
) -> Vec<u8> {
    let flags = if origin.is_some() { 0x80 } else { 0 } | if right.is_some() { 0x40 } else { 0 };
    let mut out = vec![kind | flags];
    for (client, clock) in origin.into_iter().chain(right) {
        out.extend(uints(&[client, clock]));
    }
    if flags == 0 {
        out.extend(named(ROOT));
    }
    out.extend(content);
    out
}

/// The parent of an item without neighbours: a root.
pub(crate) fn named(root: &str) -> Vec<u8> {
    [uints(&[1]), string(root)].concat()
}

pub(crate) fn gc(len: u64) -> Vec<u8> {
    [vec![0], uints(&[len])].concat()
}

pub(crate) fn skip(len: u64) -> Vec<u8> {
    [vec![10], uints(&[len])].concat()
}

pub(crate) fn string(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put_string(&mut out, text);
    out
}

pub(crate) fn buffer(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, bytes);
    out
}
