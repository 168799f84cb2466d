use bytes::Bytes;
use sticky_domain::id::RootId;
use sticky_domain::port::Loaded;

use super::owners::Owners;
use crate::guard::Refusal;
use crate::known::{Judgement, Known, Vector};
use crate::merge::EMPTY;

/// One recorded update in memory.
#[derive(Debug, Clone)]
pub(crate) struct TailUpdate {
    pub(crate) seq: u64,
    pub(crate) bytes: Bytes,
}

impl AsRef<[u8]> for TailUpdate {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What is durable of a document: base, tail, and what the guard read in them. Never a live CRDT document.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) base: Bytes,
    pub(crate) base_seq: u64,
    pub(crate) tail: Vec<TailUpdate>,
    pub(crate) tail_bytes: usize,
    /// The next clock of every client, of recorded updates only: what we may tell a client that we have.
    pub(crate) vector: Vector,
    pub(crate) owners: Owners,
}

/// A stored base that the guard refuses: an older one, or the log itself, has to do.
#[derive(Debug)]
pub(crate) struct BadBase {
    pub(crate) seq: u64,
}

impl State {
    /// The state that was loaded, and everything known in it.
    pub(crate) fn from_loaded(loaded: Loaded) -> Result<(Self, Known), BadBase> {
        let (base, base_seq, owners) = match loaded.snapshot {
            Some(snapshot) => (snapshot.body, snapshot.seq, Owners::from_stored(snapshot.owners)),
            None => (Bytes::from_static(EMPTY), 0, Owners::default()),
        };
        let mut known = Known::from_update(&base).map_err(|_| BadBase { seq: base_seq })?;
        let vector = known.vector().clone();
        let mut state = Self { base, base_seq, tail: Vec::new(), tail_bytes: 0, vector, owners };
        for update in loaded.tail {
            if let Err(refusal) = state.replay(&mut known, update.seq, update.bytes, update.root) {
                tracing::error!(
                    update.seq,
                    code = refusal.code(),
                    "a recorded update no longer passes the guard; it is kept and left out"
                );
            }
        }
        Ok((state, known))
    }

    fn replay(
        &mut self,
        known: &mut Known,
        seq: u64,
        bytes: Bytes,
        root: RootId,
    ) -> Result<(), Refusal> {
        if let Judgement::Fits(stretches) = known.judge(&bytes)? {
            for stretch in stretches.iter() {
                self.owners.claim(stretch.client, root);
            }
        }
        known.absorb(&bytes)?;
        self.push(seq, bytes);
        self.vector.clone_from(known.vector());
        Ok(())
    }

    /// Adds a recorded update to the tail.
    pub(crate) fn push(&mut self, seq: u64, bytes: Bytes) {
        self.tail_bytes += bytes.len();
        self.tail.push(TailUpdate { seq, bytes });
    }

    /// The newest recorded seq.
    pub(crate) fn head(&self) -> u64 {
        self.tail.last().map_or(self.base_seq, |update| update.seq)
    }

    /// Bytes of base and tail.
    pub(crate) fn bytes(&self) -> usize {
        self.base.len() + self.tail_bytes
    }

    /// Puts a verified base in the place of everything up to its seq.
    pub(crate) fn rebase(&mut self, base: Bytes, seq: u64) {
        self.tail.retain(|update| update.seq > seq);
        self.tail_bytes = self.tail.iter().map(|update| update.bytes.len()).sum();
        self.base = base;
        self.base_seq = seq;
    }

    /// The updates after `seq`, if the tail still reaches back to it.
    pub(crate) fn after(&self, seq: u64) -> Option<&[TailUpdate]> {
        if seq < self.base_seq {
            return None;
        }
        let start = self.tail.partition_point(|update| update.seq <= seq);
        Some(&self.tail[start..])
    }
}

/// The share of the document cap that deletes may go beyond it.
const DELETE_ALLOWANCE: usize = 10;

impl State {
    /// Whether `more` bytes still fit under `cap`; what only deletes may go 10 % beyond it.
    pub(crate) fn has_room(&self, more: usize, cap: usize, only_deletes: bool) -> bool {
        let cap = if only_deletes { cap + cap / DELETE_ALLOWANCE } else { cap };
        self.bytes() + more <= cap
    }
}
