use super::item::{Item, Piece, Run};
use crate::guard::{Block, Content, Id};
use crate::known::Deletes;

/// Cuts `block` of `client` into its living and its deleted parts, in order.
pub(super) fn pieces<'a>(
    client: u64,
    block: Block<'a>,
    deletes: &Deletes,
    mut each: impl FnMut(Item<'a>),
) {
    let mut knife = Knife::new(client, block);
    if !matches!(block.content, Content::Skip | Content::Gc | Content::Deleted) {
        for (from, to) in deletes.within(client, block.clock, block.end()) {
            knife.cut(from, false, &mut each);
            knife.cut(to, true, &mut each);
        }
    }
    knife.cut(block.end(), false, &mut each);
}

/// The part of `block` of `client` from the clock `from` on.
pub(super) fn rest<'a>(client: u64, block: Block<'a>, from: u32, each: impl FnMut(Item<'a>)) {
    let mut knife = Knife::new(client, block);
    knife.cut(from.max(block.clock), false, &mut |_| {});
    knife.cut(block.end(), false, &mut { each });
}

struct Knife<'a> {
    client: u64,
    block: Block<'a>,
    /// Where the part begins that has not been cut off yet.
    clock: u32,
    rest: &'a str,
    /// `rest` begins with the second half of a surrogate pair that is not in it any more.
    half: bool,
}

impl<'a> Knife<'a> {
    fn new(client: u64, block: Block<'a>) -> Self {
        let rest = if let Content::Text(text) = block.content { text } else { "" };
        Self { client, block, clock: block.clock, rest, half: false }
    }

    /// Cuts off what comes before the clock `to`, if anything.
    fn cut(&mut self, to: u32, deleted: bool, each: &mut impl FnMut(Item<'a>)) {
        if to == self.clock {
            return;
        }
        let (clock, len) = (self.clock, to - self.clock);
        let piece = self.piece(len);
        each(Item {
            clock,
            len,
            origin: self.origin(clock),
            right_origin: self.block.right_origin,
            root: self.block.root.filter(|_| clock == self.block.clock),
            piece: if deleted { Piece::Deleted } else { piece },
        });
        self.clock = to;
    }

    /// Whoever splits an item makes its second part the follower of its first.
    fn origin(&self, clock: u32) -> Option<Id> {
        match clock == self.block.clock {
            true => self.block.origin,
            false => Some(Id { client: self.client, clock: clock - 1 }),
        }
    }

    fn piece(&mut self, len: u32) -> Piece<'a> {
        match self.block.content {
            Content::Skip => Piece::Skip,
            Content::Gc => Piece::Gc,
            Content::Deleted => Piece::Deleted,
            Content::Text(_) => Piece::Text(self.take(len)),
            mark => Piece::Mark(mark),
        }
    }

    /// Takes `len` UTF-16 code units off the text.
    fn take(&mut self, len: u32) -> Run<'a> {
        let half_before = std::mem::take(&mut self.half);
        let mut left = len - u32::from(half_before);
        let mut end = 0;
        for char in self.rest.chars() {
            let units = char.len_utf16() as u32;
            if left < units {
                self.half = left > 0;
                break;
            }
            left -= units;
            end += char.len_utf8();
        }
        let (text, mut rest) = self.rest.split_at(end);
        if self.half {
            // The pair that the cut goes through is in neither part: each shows a half of it.
            rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        }
        self.rest = rest;
        Run { half_before, text, half_after: self.half }
    }
}
