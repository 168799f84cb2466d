use bytes::Bytes;
use sticky_domain::access::Caller;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{EditError, NewUpdate, RecordError, Recorded};
use tokio::sync::oneshot;

use super::core::{Core, Effect};
use super::session::{Credit, SessionKey};
use crate::merge::merge;

/// The most frames of one session in one update.
const MAX_FRAMES: usize = 200;
/// The most bytes of one session's frames in one update.
const MAX_BYTES: usize = 256 << 10;

/// What one session sent since the last append.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) frames: Vec<Bytes>,
    pub(super) bytes: usize,
    credits: Vec<Credit>,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    pub(super) fn push(&mut self, frame: Bytes, credit: Credit) {
        self.bytes += frame.len();
        self.frames.push(frame);
        self.credits.push(credit);
    }

    /// Whether a frame of `more` bytes has to wait for the next update.
    pub(super) fn is_full(&self, more: usize) -> bool {
        self.frames.len() >= MAX_FRAMES || (self.bytes + more > MAX_BYTES && !self.is_empty())
    }
}

/// Answers someone without a socket.
pub(crate) type Reply = oneshot::Sender<Result<u64, EditError>>;

/// An update of someone without a socket: never merged with others.
#[derive(Debug)]
pub(crate) struct Submitted {
    pub(super) update: NewUpdate,
    pub(super) reply: Reply,
}

/// Where an update of a batch came from.
#[derive(Debug)]
pub(super) enum Source {
    Session(SessionKey),
    Submitted(Reply),
}

/// One update of the append in flight.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) source: Source,
    /// For looking a lapsed right up once more; whoever has no socket asks again themselves.
    pub(super) caller: Option<Caller>,
    pub(super) update: NewUpdate,
}

/// What became of an entry, after a lapsed right was looked up once more.
pub(crate) type Outcome = Result<Recorded, RecordError>;

impl Core {
    /// The batch that makes everything accepted so far durable; the last settled one if everything is.
    pub(super) fn horizon(&self) -> u64 {
        if !self.submitted.is_empty() || !self.writers.is_empty() {
            return self.batch + 1;
        }
        if self.in_flight.is_empty() { self.settled_batch } else { self.batch }
    }

    /// Starts an append of everything that has come, unless one is in flight.
    pub(super) fn start_batch(&mut self) {
        if !self.in_flight.is_empty() {
            return;
        }
        let mut entries: Vec<Entry> =
            std::mem::take(&mut self.submitted).into_iter().map(Entry::from_submitted).collect();
        for key in std::mem::take(&mut self.writers) {
            self.take_pending(key, &mut entries);
        }
        if entries.is_empty() {
            return;
        }
        self.batch += 1;
        self.in_flight = entries;
        self.record_in_flight();
    }

    /// Asks for the append in flight, for the first time or again: the op keys make a repeat harmless.
    pub(super) fn record_in_flight(&mut self) {
        let updates = self
            .in_flight
            .iter()
            .map(|entry| (entry.update.clone(), entry.caller.clone()))
            .collect();
        self.effects.push(Effect::Record(updates));
    }

    fn take_pending(&mut self, key: SessionKey, entries: &mut Vec<Entry>) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        let pending = std::mem::take(&mut session.pending);
        let seat = session.seat.clone();
        for bytes in merge_frames(pending.frames) {
            let op = self.next_op();
            let update =
                NewUpdate { actor: seat.actor(), op, fence: seat.right.fence.clone(), bytes };
            entries.push(Entry {
                source: Source::Session(key),
                caller: Some(seat.caller.clone()),
                update,
            });
        }
        self.credits.extend(pending.credits);
    }

    /// A key that no other append has. Keys grow with time, so that the index of a document's keys grows at its end.
    fn next_op(&mut self) -> OpKey {
        self.ops += 1;
        let mut key = [0; 16];
        key[..12].copy_from_slice(&self.nonce);
        key[12..].copy_from_slice(&self.ops.to_be_bytes());
        OpKey(key)
    }
}

impl Entry {
    fn from_submitted(submitted: Submitted) -> Self {
        Self { source: Source::Submitted(submitted.reply), caller: None, update: submitted.update }
    }
}

/// The frames as one update; one by one in the case, never seen, that yrs cannot merge what passed the guard.
fn merge_frames(frames: Vec<Bytes>) -> Vec<Bytes> {
    if frames.len() == 1 {
        return frames;
    }
    match merge(&frames) {
        Ok(merged) => vec![merged.into()],
        Err(error) => {
            tracing::error!(%error, "frames that passed the guard cannot be merged");
            frames
        }
    }
}
