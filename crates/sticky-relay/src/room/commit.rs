use std::time::Instant;

use bytes::Bytes;
use sticky_domain::port::{RecordError, Recorded, StoreError, Turn};

use super::batch::{Entry, Outcome, Source};
use super::core::{Core, Effect};
use super::session::SessionKey;
use crate::close::CloseReason;
use crate::frame;
use crate::merge::merge;

/// Above this many updates in one commit everybody gets the same frame, their own updates included.
const MAX_OWN_FRAMES: usize = 8;

/// An update that has just become durable.
struct Fresh {
    from: Option<SessionKey>,
    bytes: Bytes,
}

impl Core {
    /// Takes the outcome of the append in flight: what is durable is told and shown, what could not be tried is tried again.
    pub(crate) fn recorded(&mut self, outcomes: Vec<Outcome>, now: Instant) {
        let entries = std::mem::take(&mut self.in_flight);
        let (mut recorded, mut refused) = (Vec::new(), Vec::new());
        for (entry, outcome) in entries.into_iter().zip(outcomes) {
            match outcome {
                Ok(place) => recorded.push((entry, place)),
                Err(error) if entry.outlasts(&error) => self.in_flight.push(entry),
                Err(error) => refused.push((entry, error)),
            }
        }
        self.keep_all(recorded, now);
        self.refuse_all(refused);
        if self.in_flight.is_empty() {
            self.settle_batch(now);
        } else {
            self.effects.push(Effect::RetryLater);
        }
        self.maybe_compact(now);
    }

    /// In the order of the log: one that was tried again has come after those of its batch.
    fn keep_all(&mut self, mut recorded: Vec<(Entry, Recorded)>, now: Instant) {
        recorded.sort_by_key(|(_, place)| place.seq);
        let mut fresh = Vec::new();
        for (entry, place) in recorded {
            fresh.extend(self.keep(entry, place));
        }
        self.broadcast(&fresh, now);
    }

    /// The pause after a failed append is over.
    pub(crate) fn retry(&mut self) {
        if !self.in_flight.is_empty() {
            self.record_in_flight(Turn::default());
        }
    }

    fn keep(&mut self, entry: Entry, recorded: Recorded) -> Option<Fresh> {
        let from = match entry.source {
            Source::Session(key) => Some(key),
            Source::Submitted(reply) => {
                let _ = reply.send(Ok(recorded.seq));
                None
            }
        };
        if recorded.seq > self.state.head() + 1 {
            // Others have recorded in between: it comes in its turn, with what the log has before it.
            self.read_head();
            return None;
        }
        if recorded.seq <= self.state.head() {
            return None;
        }
        self.state.record(recorded.seq, entry.update.bytes.clone());
        Some(Fresh { from, bytes: entry.update.bytes })
    }

    /// One frame for each receiver, whatever the number of updates.
    fn broadcast(&mut self, fresh: &[Fresh], now: Instant) {
        if fresh.is_empty() {
            return;
        }
        let seq = self.state.head();
        let for_all = frames_of(fresh.iter());
        let by_writers = fresh.len() <= MAX_OWN_FRAMES;
        for (key, session) in self.sessions.iter_mut().filter(|(_, session)| session.live) {
            let wrote = by_writers && fresh.iter().any(|update| update.from == Some(*key));
            let own =
                wrote.then(|| frames_of(fresh.iter().filter(|update| update.from != Some(*key))));
            for frame in own.as_ref().unwrap_or(&for_all) {
                session.outbox.content(frame.clone(), seq);
                session.sent_at = now;
            }
        }
    }

    fn settle_batch(&mut self, now: Instant) {
        self.settled_batch = self.batch;
        self.credits.clear();
        let settled = self.settled_batch;
        for (_, reply) in self.waiting.extract_if(.., |(batch, _)| *batch <= settled) {
            let _ = reply.send(Ok(self.state.head()));
        }
        let told: Vec<SessionKey> = self
            .sessions
            .iter_mut()
            .filter_map(|(key, session)| session.settle(settled).then_some(*key))
            .collect();
        for key in told {
            self.tell_saved(key, now);
        }
    }

    pub(super) fn tell_saved(&mut self, key: SessionKey, now: Instant) {
        let seq = self.state.head();
        if let Some(session) = self.sessions.get_mut(&key).filter(|session| session.seat.extended) {
            session.outbox.saved(frame::saved(session.settled, seq));
            session.sent_at = now;
        }
    }

    /// Updates that will never be recorded: nobody has seen them, and what was built on them goes too.
    fn refuse_all(&mut self, refused: Vec<(Entry, RecordError)>) {
        if refused.is_empty() {
            return;
        }
        for (entry, error) in refused {
            self.refuse(entry, error);
        }
        self.forget_unrecorded();
    }

    fn refuse(&mut self, entry: Entry, error: RecordError) {
        match entry.source {
            Source::Submitted(reply) => {
                let _ = reply.send(Err(error.into()));
            }
            Source::Session(key) => match error {
                RecordError::OpConflict => self.cut(key, CloseReason::OP_CONFLICT),
                RecordError::Lapsed(_) => self.recheck(key),
                RecordError::Store(error) => {
                    tracing::error!(%error, "an update could not be recorded");
                    self.cut(key, CloseReason::TRY_AGAIN);
                }
            },
        }
    }
}

impl Entry {
    /// Whether it is tried again after this. A session's waits for space; someone who waits for an answer is told that
    /// there is none, but nothing before it is known whether their update was recorded.
    fn outlasts(&self, error: &RecordError) -> bool {
        match error {
            RecordError::Store(StoreError::Unavailable(_)) => true,
            RecordError::Store(StoreError::Full) => matches!(self.source, Source::Session(_)),
            _ => false,
        }
    }
}

/// One update frame for all of these; one for each in the case, never seen, that yrs cannot merge what was recorded.
fn frames_of<'a>(updates: impl Iterator<Item = &'a Fresh>) -> Vec<Bytes> {
    let updates: Vec<&[u8]> = updates.map(|update| update.bytes.as_ref()).collect();
    if updates.is_empty() {
        return Vec::new();
    }
    match merge(&updates) {
        Ok(merged) => vec![frame::update(&merged)],
        Err(error) => {
            tracing::error!(%error, "recorded updates cannot be merged");
            updates.into_iter().map(frame::update).collect()
        }
    }
}
