use crate::guard::{Content, Id};
use crate::varint::{put_string, put_uint};

/// A block, or the deleted or the living part of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) clock: u32,
    pub(super) len: u32,
    pub(super) origin: Option<Id>,
    pub(super) right_origin: Option<Id>,
    pub(super) root: Option<&'a str>,
    pub(super) piece: Piece<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Skip,
    Gc,
    Deleted,
    Text(Run<'a>),
    /// A format or an embed.
    Mark(Content<'a>),
}

/// Text, where a split went through a surrogate pair without the half that is not part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    pub(super) half_before: bool,
    pub(super) text: &'a str,
    pub(super) half_after: bool,
}

impl Run<'_> {
    /// Half a pair is shown as Yjs shows it.
    pub(super) fn append_to(&self, out: &mut String) {
        out.extend(self.half_before.then_some(char::REPLACEMENT_CHARACTER));
        out.push_str(self.text);
        out.extend(self.half_after.then_some(char::REPLACEMENT_CHARACTER));
    }
}

impl Item<'_> {
    /// Whether `next` was written straight after this and can be one item with it.
    pub(super) fn joins(&self, client: u64, next: &Item<'_>) -> bool {
        self.clock + self.len == next.clock
            && match (self.piece, next.piece) {
                (Piece::Skip, Piece::Skip) | (Piece::Gc, Piece::Gc) => true,
                (Piece::Deleted, Piece::Deleted) | (Piece::Text(_), Piece::Text(_)) => {
                    next.origin == Some(Id { client, clock: next.clock - 1 })
                        && next.right_origin == self.right_origin
                }
                _ => false,
            }
    }

    /// Appends it as a Yjs v1 block, with `text` if it is one.
    pub(super) fn encode(&self, text: &str, out: &mut Vec<u8>) {
        match self.piece {
            Piece::Gc => self.encode_bare(0, out),
            Piece::Skip => self.encode_bare(10, out),
            Piece::Deleted => {
                self.encode_place(1, out);
                put_uint(out, u64::from(self.len));
            }
            Piece::Text(_) => {
                self.encode_place(4, out);
                put_string(out, text);
            }
            Piece::Mark(content) => self.encode_mark(content, out),
        }
    }

    fn encode_bare(&self, kind: u8, out: &mut Vec<u8>) {
        out.push(kind);
        put_uint(out, u64::from(self.len));
    }

    fn encode_mark(&self, content: Content<'_>, out: &mut Vec<u8>) {
        match content {
            Content::Embed(value) => {
                self.encode_place(5, out);
                put_string(out, value);
            }
            Content::Format { key, value } => {
                self.encode_place(6, out);
                put_string(out, key);
                put_string(out, value);
            }
            _ => unreachable!("only embeds and formats are marks"),
        }
    }

    /// The kind of content, and where it stands.
    fn encode_place(&self, kind: u8, out: &mut Vec<u8>) {
        let flag = |id: Option<Id>, bit: u8| if id.is_some() { bit } else { 0 };
        out.push(kind | flag(self.origin, 0x80) | flag(self.right_origin, 0x40));
        for id in self.origin.into_iter().chain(self.right_origin) {
            put_uint(out, id.client);
            put_uint(out, u64::from(id.clock));
        }
        if let Some(root) = self.root {
            put_uint(out, 1);
            put_string(out, root);
        }
    }
}
