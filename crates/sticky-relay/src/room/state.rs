use bytes::Bytes;
use sticky_domain::port::Loaded;

use super::owners::Owners;
use crate::known::{Known, Vector};
use crate::merge::{EMPTY, merge_onto};

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
    /// The tail as one update, once someone has asked for it: a storm of newcomers merges it once.
    merged_tail: Option<Bytes>,
    /// The next clock of every client, of recorded updates only: what we may tell a client that we have.
    pub(crate) vector: Vector,
    /// Some recorded blocks begin beyond what the vector counts: what they build on was recorded later, or will be.
    has_gap: bool,
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
        let mut state = Self {
            base,
            base_seq,
            tail: Vec::new(),
            tail_bytes: 0,
            merged_tail: None,
            vector,
            has_gap: false,
            owners,
        };
        for update in loaded.tail {
            state.owners.claim_all(&known, &update.bytes, update.root);
            if let Err(refusal) = known.absorb(&update.bytes) {
                tracing::error!(
                    update.seq,
                    code = refusal.code(),
                    "a recorded update no longer passes the guard"
                );
            }
            state.record(update.seq, update.bytes);
        }
        if *known.vector() != state.vector {
            known = state.count_anew(std::iter::empty());
        }
        Ok((state, known))
    }

    /// Adds an update that has been recorded.
    pub(crate) fn record(&mut self, seq: u64, bytes: Bytes) {
        let whole = self.vector.absorb(&bytes).unwrap_or(false);
        self.push(seq, bytes);
        if !whole || self.has_gap {
            self.count_vector_anew();
        }
    }

    /// In a merge, what was recorded too early stands behind what it builds on.
    fn count_vector_anew(&mut self) {
        self.vector = Vector::default();
        let whole = self.merged().map(|merged| self.vector.absorb(&merged));
        self.has_gap = !matches!(whole, Some(Ok(true)));
    }

    /// Everything known in what is recorded and in `more`.
    pub(crate) fn count_anew<'a>(&self, more: impl Iterator<Item = &'a Bytes>) -> Known {
        let mut known =
            self.merged().and_then(|merged| Known::from_update(&merged).ok()).unwrap_or_default();
        for update in more {
            if let Err(refusal) = known.absorb(update) {
                tracing::error!(
                    code = refusal.code(),
                    "something accepted no longer passes the guard"
                );
            }
        }
        known
    }

    fn merged(&self) -> Option<Vec<u8>> {
        let merged = merge_onto(&self.base, &self.tail);
        merged.map_err(|error| tracing::error!(%error, "recorded updates cannot be merged")).ok()
    }

    fn push(&mut self, seq: u64, bytes: Bytes) {
        self.tail_bytes += bytes.len();
        self.tail.push(TailUpdate { seq, bytes });
        self.merged_tail = None;
    }

    /// The tail as one update.
    pub(crate) fn tail_as_one(&mut self) -> Bytes {
        let tail = &self.tail;
        let merge = || {
            merge_onto(EMPTY, tail)
                .expect("recorded updates have passed the guard, so yrs can merge them")
        };
        self.merged_tail.get_or_insert_with(|| merge().into()).clone()
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
        self.merged_tail = None;
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
