//! What a document holds, told from its updates by the guard alone: which clocks of which client, and
//! which of them are deleted. It judges every arriving update without a CRDT.

mod causal;
mod deletes;
mod judge;
mod vector;

pub use deletes::Deletes;
pub use judge::{Judgement, Stretch, Stretches};
pub use vector::Vector;

use crate::guard::{Limits, Refusal, Visit, check_update};

/// The clocks and deletes of all updates absorbed so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    vector: Vector,
    deletes: Deletes,
    /// Sorted names.
    roots: Vec<Box<str>>,
}

impl Known {
    /// What one stored update, such as a base, holds.
    ///
    /// # Errors
    /// What the guard says of the bytes, whatever their size.
    pub fn from_update(update: &[u8]) -> Result<Self, Refusal> {
        let mut known = Self::default();
        known.absorb(update)?;
        Ok(known)
    }

    /// Adds what `update` brings. Blocks beyond a gap are not counted: whoever asks for what comes
    /// after the vector gets them again.
    ///
    /// # Errors
    /// What the guard says of the bytes, whatever their size; part of them may then be counted.
    pub fn absorb(&mut self, update: &[u8]) -> Result<(), Refusal> {
        check_update(update, &Limits::STORED, &mut Absorb { known: self, starts: false })
    }

    /// What `update` would add.
    ///
    /// # Errors
    /// What the guard says of the bytes, whatever their size; [`Refusal::UnsupportedContent`] also where
    /// the document would come to have more roots than one update may name.
    pub fn judge(&self, update: &[u8]) -> Result<Judgement, Refusal> {
        judge::judge(self, update)
    }

    /// The names of the roots that blocks stand in, sorted.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.roots.iter().map(AsRef::as_ref)
    }

    fn place_of_root(&self, name: &str) -> Result<usize, usize> {
        self.roots.binary_search_by(|root| root.as_ref().cmp(name))
    }

    /// The next clock of every client.
    pub fn vector(&self) -> &Vector {
        &self.vector
    }

    pub fn deletes(&self) -> &Deletes {
        &self.deletes
    }

    /// The state vector as Yjs v1 bytes.
    pub fn encode_vector(&self) -> Vec<u8> {
        self.vector.encode()
    }
}

struct Absorb<'a> {
    known: &'a mut Known,
    /// All of the block being seen is new. A root that only known blocks name is no news.
    starts: bool,
}

impl Visit for Absorb<'_> {
    #[inline]
    fn block(&mut self, client: u64, clock: u32, len: u32) {
        self.starts = clock >= self.known.vector.get(client);
        self.known.vector.extend(client, clock, clock + len);
    }

    fn root(&mut self, name: &str) {
        match self.known.place_of_root(name) {
            Err(place) if self.starts => self.known.roots.insert(place, name.into()),
            _ => {}
        }
    }

    fn delete(&mut self, client: u64, clock: u32, len: u32) {
        self.known.deletes.insert(client, clock, clock + len);
    }
}
