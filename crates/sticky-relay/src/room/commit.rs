use std::time::Instant;

use bytes::Bytes;
use sticky_domain::port::{RecordError, Recorded, StoreError};

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
        let (mut fresh, mut lapsed) = (Vec::new(), Vec::new());
        for (entry, outcome) in entries.into_iter().zip(outcomes) {
            match outcome {
                Ok(recorded) => fresh.extend(self.keep(entry, recorded)),
                Err(RecordError::Store(StoreError::Unavailable(_) | StoreError::Full)) => {
                    self.in_flight.push(entry)
                }
                Err(error) => lapsed.push((entry, error)),
            }
        }
        self.broadcast(&fresh, now);
        for (entry, error) in lapsed {
            self.drop_entry(entry, error, now);
        }
        if self.in_flight.is_empty() {
            self.settle_batch(now);
        } else {
            self.effects.push(Effect::RetryLater);
        }
        self.maybe_compact(now);
    }

    /// The pause after a failed append is over.
    pub(crate) fn retry(&mut self) {
        if !self.in_flight.is_empty() {
            self.record_in_flight();
        }
    }

    fn keep(&mut self, entry: Entry, recorded: Recorded) -> Option<Fresh> {
        self.unrecorded_bytes = self.unrecorded_bytes.saturating_sub(entry.update.bytes.len());
        let from = match entry.source {
            Source::Session(key) => Some(key),
            Source::Submitted(reply) => {
                let _ = reply.send(Ok(recorded.seq));
                None
            }
        };
        if recorded.seq <= self.state.head() {
            return None;
        }
        self.state
            .vector
            .absorb(&entry.update.bytes)
            .expect("what was recorded has passed the guard");
        self.state.push(recorded.seq, entry.update.bytes.clone());
        Some(Fresh { from, bytes: entry.update.bytes })
    }

    /// One frame for each receiver, whatever the number of updates.
    fn broadcast(&mut self, fresh: &[Fresh], now: Instant) {
        if fresh.is_empty() {
            return;
        }
        let seq = self.state.head();
        let for_all = merged(fresh.iter());
        let by_writers = fresh.len() <= MAX_OWN_FRAMES;
        for (key, session) in self.sessions.iter_mut().filter(|(_, session)| session.live) {
            let wrote = by_writers && fresh.iter().any(|update| update.from == Some(*key));
            let frame = if wrote {
                merged(fresh.iter().filter(|update| update.from != Some(*key)))
            } else {
                for_all.clone()
            };
            if let Some(frame) = frame {
                session.outbox.content(frame, seq, now);
                session.sent_at = now;
            }
        }
    }

    fn settle_batch(&mut self, now: Instant) {
        self.settled_batch = self.batch;
        self.credits.clear();
        let settled = self.settled_batch;
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
            session.outbox.saved(frame::saved(session.settled, seq), now);
            session.sent_at = now;
        }
    }

    /// An update that will never be recorded: nobody has seen it, and what was built on it goes too.
    fn drop_entry(&mut self, entry: Entry, error: RecordError, now: Instant) {
        self.unrecorded_bytes = self.unrecorded_bytes.saturating_sub(entry.update.bytes.len());
        match entry.source {
            Source::Submitted(reply) => {
                let _ = reply.send(Err(error.into()));
            }
            Source::Session(key) => match error {
                RecordError::OpConflict => self.cut(key, CloseReason::OP_CONFLICT, now),
                RecordError::Lapsed(_) => self.recheck(key),
                RecordError::Store(error) => {
                    tracing::error!(%error, "an update could not be recorded");
                    self.cut(key, CloseReason::TRY_AGAIN, now);
                }
            },
        }
        self.forget_unrecorded(now);
    }
}

/// One update frame for all of these; none for none.
fn merged<'a>(updates: impl Iterator<Item = &'a Fresh>) -> Option<Bytes> {
    let updates: Vec<&[u8]> = updates.map(|update| update.bytes.as_ref()).collect();
    match updates[..] {
        [] => None,
        [one] => Some(frame::update(one)),
        _ => Some(frame::update(
            &merge(&updates)
                .expect("recorded updates have passed the guard, so yrs can merge them"),
        )),
    }
}
