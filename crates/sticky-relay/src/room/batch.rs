use std::time::Instant;

use bytes::Bytes;
use sticky_domain::access::Caller;
use sticky_domain::event::Actor;
use sticky_domain::fence::KeyVersion;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{EditError, NewUpdate, RecordError, Recorded, Turn};
use tokio::sync::oneshot;

use super::core::{Core, Effect};
use super::session::{Credit, SessionKey};
use crate::merge::merge;
use crate::seat::Seat;

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
    terms: Option<Terms>,
}

/// Under which right frames were accepted: that one is compared when they are recorded, whatever the session has by then.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Terms {
    actor: Actor,
    fence: Vec<KeyVersion>,
    caller: Caller,
}

impl Terms {
    fn of(seat: &Seat) -> Self {
        Self { actor: seat.actor(), fence: seat.right.fence.clone(), caller: seat.caller.clone() }
    }
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    pub(super) fn push(&mut self, frame: Bytes, credit: Credit, seat: &Seat) {
        self.terms.get_or_insert_with(|| Terms::of(seat));
        self.bytes += frame.len();
        self.frames.push(frame);
        self.credits.push(credit);
    }

    /// Whether a frame of `more` bytes has to wait for the next update: this one is full, or under another right.
    pub(super) fn keeps_out(&self, more: usize, seat: &Seat) -> bool {
        let Some(terms) = &self.terms else { return false };
        self.frames.len() >= MAX_FRAMES
            || self.bytes + more > MAX_BYTES
            || terms.fence != seat.right.fence
            || terms.actor != seat.actor()
    }
}

/// Answers someone without a socket.
pub(crate) type Reply = oneshot::Sender<Result<u64, EditError>>;

/// An update of someone without a socket: never merged with others.
#[derive(Debug)]
pub(crate) struct Submitted {
    pub(super) update: NewUpdate,
    pub(super) credit: Credit,
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

    /// Bytes that are accepted and not recorded yet.
    pub(super) fn unrecorded_bytes(&self) -> usize {
        let flying = self.in_flight.iter().map(|entry| entry.update.bytes.len());
        let submitted = self.submitted.iter().map(|submitted| submitted.update.bytes.len());
        let pending = self.writers.iter().filter_map(|key| self.sessions.get(key));
        flying.chain(submitted).chain(pending.map(|session| session.pending.bytes)).sum()
    }

    /// Sees to it that everything that has come is appended, unless an append is in flight: in the room's turn, so that what
    /// comes until then goes with it; at once when it is much.
    pub(super) fn ask_for_batch(&mut self, now: Instant) {
        if !self.in_flight.is_empty() || self.submitted.is_empty() && self.writers.is_empty() {
            return;
        }
        if self.unrecorded_bytes() >= Turn::WORTH_A_COMMIT {
            self.start_batch(Turn::Now, now);
        } else if !std::mem::replace(&mut self.in_line, true) {
            self.effects.push(Effect::AwaitTurn);
        }
    }

    /// It is this room's turn: starts an append of everything that has come, unless one is in flight.
    pub(crate) fn begin_batch(&mut self, turn: Turn, now: Instant) {
        self.in_line = false;
        if self.in_flight.is_empty() {
            self.start_batch(turn, now);
        }
    }

    fn start_batch(&mut self, turn: Turn, now: Instant) {
        let mut entries = Vec::new();
        for Submitted { update, credit, reply } in std::mem::take(&mut self.submitted) {
            self.credits.push(credit);
            entries.push(Entry { source: Source::Submitted(reply), caller: None, update });
        }
        for key in std::mem::take(&mut self.writers) {
            self.take_pending(key, &mut entries, now);
        }
        if entries.is_empty() {
            return;
        }
        self.batch += 1;
        self.in_flight = entries;
        self.record_in_flight(turn);
    }

    /// Asks for the append in flight, for the first time or again: the op keys make a repeat harmless.
    pub(super) fn record_in_flight(&mut self, turn: Turn) {
        let updates = self
            .in_flight
            .iter()
            .map(|entry| (entry.update.clone(), entry.caller.clone()))
            .collect();
        self.effects.push(Effect::Record(updates, turn));
    }

    fn take_pending(&mut self, key: SessionKey, entries: &mut Vec<Entry>, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        let pending = std::mem::take(&mut session.pending);
        let Some(Terms { actor, fence, caller }) = pending.terms else { return };
        for bytes in merge_frames(pending.frames) {
            let update = NewUpdate { actor, op: self.next_op(now), fence: fence.clone(), bytes };
            let caller = Some(caller.clone());
            entries.push(Entry { source: Source::Session(key), caller, update });
        }
        self.credits.extend(pending.credits);
    }

    /// A key that no other append has. Keys grow with time, whatever their room, so that an index of them grows at its end.
    fn next_op(&mut self, now: Instant) -> OpKey {
        self.ops += 1;
        let age = now.saturating_duration_since(self.began_at);
        let millis = self.life.millis + u64::try_from(age.as_millis()).unwrap_or(0);
        let mut key = [0; 16];
        key[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        key[6..12].copy_from_slice(&self.life.chance);
        key[12..].copy_from_slice(&self.ops.to_be_bytes());
        OpKey(key)
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
