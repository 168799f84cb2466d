//! A long editing history: one person's single edits, each as one Yjs update.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use sticky_relay::known::Known;
use yrs::updates::decoder::Decode as _;
use yrs::{
    ClientID, Doc, GetString as _, OffsetKind, Options, ReadTxn as _, Text as _, Transact as _,
    Update,
};

use crate::error::BenchError;
use crate::splitmix::SplitMix;

/// Edits of the public data set that others measure with: the history made here is as long.
pub const EDITS: usize = 259_778;
/// The text that a history from a file is about.
const ROOT_IN_FILES: &str = "t";

/// Updates in their order, and what they come to.
#[derive(Debug)]
pub struct Trace {
    pub updates: Vec<Bytes>,
    pub root: &'static str,
    /// The state vector.
    pub clocks: Vec<(u64, u32)>,
    /// The text's length.
    pub characters: usize,
}

impl Trace {
    /// Reads a file of updates, each after its length as four bytes, the lowest first.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn read(path: &Path) -> Result<Self, BenchError> {
        let file = Bytes::from(fs::read(path)?);
        let (mut updates, mut rest) = (Vec::new(), file);
        while let Some(length) =
            rest.first_chunk::<4>().map(|four| u32::from_le_bytes(*four) as usize)
        {
            if rest.len() < 4 + length {
                return Err(BenchError::Unreadable(format!("{} is cut short", path.display())));
            }
            updates.push(rest.slice(4..4 + length));
            rest = rest.slice(4 + length..);
        }
        let whole = sticky_relay::merge::merge(&updates)
            .map_err(|error| BenchError::Unreadable(error.to_string()))?;
        Ok(Self {
            clocks: clocks(&whole)?,
            characters: text(&whole, ROOT_IN_FILES)?.chars().count(),
            root: ROOT_IN_FILES,
            updates,
        })
    }

    /// A history of the same shape as that of a paper: bursts of typing and deleting at a cursor that moves.
    pub fn made(edits: usize, seed: u64) -> Self {
        let mut author = Author::new(seed);
        let updates = (0..edits).map(|_| author.edit()).collect();
        let clocks = author
            .doc
            .transact()
            .state_vector()
            .iter()
            .map(|(client, clock)| (client.get(), *clock))
            .collect();
        Self { updates, root: crate::keystroke::ROOT, clocks, characters: author.length as usize }
    }
}

/// The next clocks in an update that holds a whole document.
///
/// # Errors
/// When it cannot be read.
pub fn clocks(whole: &[u8]) -> Result<Vec<(u64, u32)>, BenchError> {
    let known =
        Known::from_update(whole).map_err(|refusal| BenchError::Unreadable(refusal.to_string()))?;
    Ok(known.vector().iter().collect())
}

/// The text of an update that holds a whole document, read by yrs at once.
///
/// # Errors
/// When yrs cannot read it.
pub fn text(whole: &[u8], root: &str) -> Result<String, BenchError> {
    let unreadable = |error: String| BenchError::Unreadable(error);
    let update = Update::decode_v1(whole).map_err(|error| unreadable(error.to_string()))?;
    let doc = document(1);
    let text = doc.get_or_insert_text(root);
    doc.transact_mut().apply_update(update).map_err(|error| unreadable(error.to_string()))?;
    Ok(text.get_string(&doc.transact()))
}

/// An empty document that `client` writes in, its positions those of Yjs.
pub fn document(client: u64) -> Doc {
    Doc::with_options(Options {
        client_id: ClientID::new(client),
        offset_kind: OffsetKind::Utf16,
        ..Options::default()
    })
}

struct Author {
    doc: Doc,
    random: SplitMix,
    cursor: u32,
    length: u32,
}

impl Author {
    fn new(seed: u64) -> Self {
        let mut random = SplitMix::new(seed);
        Self { doc: document(random.client_id()), random, cursor: 0, length: 0 }
    }

    /// Seven of ten edits type, as in the paper; the cursor jumps once in a sentence or two.
    fn edit(&mut self) -> Bytes {
        if self.random.chance(1) {
            self.cursor = self.random.below(u64::from(self.length) + 1) as u32;
        }
        let text = self.doc.get_or_insert_text(crate::keystroke::ROOT);
        let mut transaction = self.doc.transact_mut();
        if self.cursor == 0 || self.random.chance(70) {
            text.insert(&mut transaction, self.cursor, &self.random.letter().to_string());
            (self.cursor, self.length) = (self.cursor + 1, self.length + 1);
        } else {
            (self.cursor, self.length) = (self.cursor - 1, self.length - 1);
            text.remove_range(&mut transaction, self.cursor, 1);
        }
        transaction.encode_update_v1().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_history_comes_to_what_it_says() {
        let trace = Trace::made(500, 7);
        let whole = sticky_relay::merge::merge(&trace.updates).unwrap();
        assert_eq!(trace.updates.len(), 500);
        assert_eq!(clocks(&whole).unwrap(), trace.clocks);
        assert_eq!(text(&whole, trace.root).unwrap().chars().count(), trace.characters);
    }

    #[test]
    fn a_file_that_is_cut_short_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [9, 0, 0, 0, 1]).unwrap();
        assert!(Trace::read(file.path()).is_err());
    }
}
