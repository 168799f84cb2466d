//! Yjs v1 updates of one client that types, byte for byte as Yjs writes them.

use sticky_relay::varint::{put_string, put_uint};

/// The text that a document's readers show.
pub const ROOT: &str = "content";

const CONTENT_STRING: u8 = 4;
const HAS_ORIGIN: u8 = 0x80;

/// A client that appends after what it wrote last.
#[derive(Debug, Clone)]
pub struct Typist {
    client: u64,
    clock: u32,
}

impl Typist {
    pub fn new(client: u64) -> Self {
        Self { client, clock: 0 }
    }

    pub fn client(&self) -> u64 {
        self.client
    }

    /// The clock of the next character.
    pub fn clock(&self) -> u32 {
        self.clock
    }

    /// Types ASCII `text`.
    pub fn insert(&mut self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(32 + text.len());
        out.extend([1, 1]);
        put_uint(&mut out, self.client);
        put_uint(&mut out, u64::from(self.clock));
        self.put_place(&mut out);
        put_string(&mut out, text);
        out.push(0);
        self.clock += text.len() as u32;
        out
    }

    fn put_place(&self, out: &mut Vec<u8>) {
        match self.clock.checked_sub(1) {
            None => {
                out.extend([CONTENT_STRING, 1]);
                put_string(out, ROOT);
            }
            Some(previous) => {
                out.push(CONTENT_STRING | HAS_ORIGIN);
                put_uint(out, self.client);
                put_uint(out, u64::from(previous));
            }
        }
    }

    /// Deletes `len` characters that begin at `clock`, and inserts nothing.
    pub fn delete(&self, clock: u32, len: u32) -> Vec<u8> {
        let mut out = vec![0, 1];
        put_uint(&mut out, self.client);
        out.push(1);
        put_uint(&mut out, u64::from(clock));
        put_uint(&mut out, u64::from(len));
        out
    }
}

#[cfg(test)]
mod tests {
    use sticky_relay::known::{Judgement, Known};
    use yrs::updates::decoder::Decode as _;
    use yrs::{Doc, GetString as _, Transact as _, Update};

    use super::*;

    #[test]
    fn yrs_and_the_guard_read_what_a_typist_writes() {
        let mut typist = Typist::new(0xdead_beef);
        let mut updates = vec![typist.insert("h"), typist.insert("e"), typist.insert("llo")];
        updates.push(typist.delete(1, 2));
        let (doc, mut known) = (Doc::new(), Known::default());
        let text = doc.get_or_insert_text(ROOT);
        for update in &updates {
            assert!(matches!(known.judge(update), Ok(Judgement::Fits(_))));
            known.absorb(update).unwrap();
            doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
        }
        assert_eq!(text.get_string(&doc.transact()), "hlo");
        assert_eq!(known.vector().get(0xdead_beef), 5);
    }
}
