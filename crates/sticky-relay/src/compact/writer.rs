use super::item::{Item, Piece};
use crate::varint::put_uint;

/// Writes the items of one client, joining what can be joined.
pub(super) struct Writer<'a> {
    client: u64,
    blocks: Vec<u8>,
    count: u64,
    /// The clock of the first item.
    start: Option<u32>,
    /// The item that the next one may become part of, and its text.
    open: Option<Item<'a>>,
    text: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(client: u64) -> Self {
        Self { client, blocks: Vec::new(), count: 0, start: None, open: None, text: String::new() }
    }

    pub(super) fn push(&mut self, item: Item<'a>) {
        self.start.get_or_insert(item.clock);
        match &mut self.open {
            Some(open) if open.joins(self.client, &item) => open.len += item.len,
            _ => {
                self.close();
                self.open = Some(item);
            }
        }
        if let Piece::Text(run) = item.piece {
            run.append_to(&mut self.text);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start.is_none()
    }

    /// Appends the section to `out`, unless it is empty.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        let Some(start) = self.start else { return };
        self.close();
        put_uint(out, self.count);
        put_uint(out, self.client);
        put_uint(out, u64::from(start));
        out.extend_from_slice(&self.blocks);
    }

    fn close(&mut self) {
        if let Some(item) = self.open.take() {
            item.encode(&self.text, &mut self.blocks);
            self.count += 1;
            self.text.clear();
        }
    }
}
