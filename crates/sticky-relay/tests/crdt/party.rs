//! Several writers with a yrs replica each, who all write to one log and read from it, in turns that a
//! seed decides.

use sticky_relay::text::ROOT;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, Text, TextRef, Transact, Update,
};

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % end as u64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

struct Writer {
    doc: Doc,
    text: TextRef,
    unsent: Vec<Vec<u8>>,
    read: usize,
}

pub(crate) fn replica(client: u64) -> (Doc, TextRef) {
    let client_id = ClientID::new(client);
    let options = Options { client_id, offset_kind: OffsetKind::Utf16, ..Options::default() };
    let doc = Doc::with_options(options);
    let text = doc.get_or_insert_text(ROOT);
    (doc, text)
}

impl Writer {
    fn new(client: u64) -> Self {
        let (doc, text) = replica(client);
        Self { doc, text, unsent: Vec::new(), read: 0 }
    }

    fn edit(&mut self, random: &mut Random) {
        let mut transaction = self.doc.transact_mut();
        let text = self.text.get_string(&transaction);
        let len = text.encode_utf16().count();
        let from = boundary(&text, random.below(len + 1));
        let to = boundary(&text, (from + random.below(9)).min(len));
        if random.below(3) == 0 && to > from {
            self.text.remove_range(&mut transaction, from as u32, (to - from) as u32);
        } else {
            let words = ["a", "b", "word ", "é", "😀", "漢字", "\n"];
            self.text.insert(&mut transaction, from as u32, words[random.below(words.len())]);
        }
        self.unsent.push(transaction.encode_update_v1());
    }

    fn read(&mut self, log: &[Vec<u8>]) {
        let mut transaction = self.doc.transact_mut();
        for update in &log[self.read..] {
            transaction.apply_update(Update::decode_v1(update).unwrap()).unwrap();
        }
        self.read = log.len();
    }
}

/// `at`, or the start of the character that it is inside, in UTF-16 code units.
fn boundary(text: &str, at: usize) -> usize {
    let mut end = 0;
    for char in text.chars() {
        if end + char.len_utf16() > at {
            break;
        }
        end += char.len_utf16();
    }
    end
}

/// A finished session: its log in causal order, and what a replica fed in that order came to.
pub(crate) struct Party {
    pub(crate) log: Vec<Vec<u8>>,
    pub(crate) text: String,
    pub(crate) vector: Vec<u8>,
    pub(crate) state: Vec<u8>,
}

pub(crate) fn party(random: &mut Random, turns: usize) -> Party {
    let mut writers: Vec<_> = (0..2 + random.below(4))
        .map(|n| Writer::new(random.below(1 << 40) as u64 * 8 + n as u64))
        .collect();
    let mut log = Vec::new();
    for _ in 0..turns {
        let which = random.below(writers.len());
        let writer = &mut writers[which];
        writer.edit(random);
        if random.below(3) > 0 {
            log.append(&mut writer.unsent);
        }
        if random.below(3) > 0 {
            writer.read(&log);
        }
    }
    for writer in &mut writers {
        log.append(&mut writer.unsent);
    }
    let mut reader = Writer::new(1 << 50);
    reader.read(&log);
    let transaction = reader.doc.transact();
    Party {
        text: reader.text.get_string(&transaction),
        vector: transaction.state_vector().encode_v1(),
        state: transaction.encode_state_as_update_v1(&yrs::StateVector::default()),
        log,
    }
}
