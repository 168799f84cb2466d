use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;
use sticky_domain::port::StoredUpdate;

use super::core::{Core, Effect};
use super::session::SessionKey;
use super::state::TailUpdate;
use crate::close::CloseReason;
use crate::frame;
use crate::guard::Refusal;
use crate::known::Vector;
use crate::merge::{EMPTY, merge_onto};

/// A socket is asked to fill a gap at most so often.
const GAP_INTERVAL: Duration = Duration::from_secs(5);
const MAX_GAPS: u32 = 3;

impl Core {
    /// A client tells what it has: it gets what it lacks.
    pub(super) fn question(&mut self, key: SessionKey, vector: Bytes, now: Instant) {
        match Vector::decode(&vector, &self.limits) {
            Err(Refusal::VectorTooLarge) => self.give_all(key, now),
            Err(refusal) => self.refuse_politely(key, refusal),
            Ok(_) if self.is_answering(key) => {
                if let Some(session) = self.sessions.get_mut(&key) {
                    session.question = Some(vector);
                }
            }
            Ok(asked) if asked.is_empty() => self.give_all(key, now),
            Ok(_) => self.compute_answer(key, vector),
        }
    }

    /// One answer at a time: a five-byte question may be worth megabytes.
    fn is_answering(&self, key: SessionKey) -> bool {
        self.sessions
            .get(&key)
            .is_some_and(|session| session.answering || session.outbox.is_answering())
    }

    /// Base, then tail, without any computing; the step 2 comes last, so that "synced" means everything.
    fn give_all(&mut self, key: SessionKey, now: Instant) {
        let (base, seq) = (self.state.base.clone(), self.state.head());
        let tail = self.state.tail_as_one();
        let Some(session) = self.sessions.get_mut(&key) else { return };
        if base.as_ref() != EMPTY {
            session.outbox.answer(frame::update(&base), 0);
        }
        session.outbox.answer(frame::step2(&tail), seq);
        session.sent_at = now;
        session.live = true;
    }

    fn compute_answer(&mut self, key: SessionKey, vector: Bytes) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        session.answering = true;
        let (base, tail, seq) =
            (self.state.base.clone(), self.state.tail.clone(), self.state.head());
        self.effects.push(Effect::Answer { session: key, base, tail, vector, seq });
    }

    /// What a client lacked at `seq` has been computed.
    pub(crate) fn answered(&mut self, key: SessionKey, answer: &[u8], seq: u64, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&key) {
            session.answering = false;
            session.outbox.answer(frame::step2(answer), seq);
            session.sent_at = now;
            if !std::mem::replace(&mut session.live, true) {
                self.send_after(key, seq, now);
            }
        }
    }

    /// Questions that came while an answer was on its way.
    pub(super) fn answer_late_questions(&mut self, now: Instant) {
        let waiting = self.keys_where(|session| session.question.is_some());
        for key in waiting {
            if !self.is_answering(key)
                && let Some(vector) =
                    self.sessions.get_mut(&key).and_then(|session| session.question.take())
            {
                self.question(key, vector, now);
            }
        }
    }

    /// A session that was behind has taken everything: it gets what it missed.
    pub(crate) fn resync(&mut self, key: SessionKey, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        session.outbox.resumed();
        let taken = session.outbox.taken_seq();
        self.send_after(key, taken, now);
    }

    /// Everything after `seq`; everything there is, when the tail no longer reaches back so far.
    fn send_after(&mut self, key: SessionKey, seq: u64, now: Instant) {
        let Some(missed) = self.state.after(seq) else {
            self.give_all(key, now);
            return;
        };
        if missed.is_empty() {
            return;
        }
        let merged = merge_onto(EMPTY, missed)
            .expect("recorded updates have passed the guard, so yrs can merge them");
        if let Some(session) = self.sessions.get_mut(&key) {
            session.outbox.answer(frame::update(&merged), self.state.head());
        }
    }

    /// Asks a client for what its updates build on; the third time is the last.
    pub(super) fn ask_to_fill(&mut self, key: SessionKey, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        let lately = |asked| now.saturating_duration_since(asked) < GAP_INTERVAL;
        if session.unanswered || session.asked_at.is_some_and(lately) {
            return;
        }
        if session.gaps >= MAX_GAPS {
            self.cut(key, CloseReason::GAP);
            return;
        }
        session.gaps += 1;
        session.asked_at = Some(now);
        session.unanswered = true;
        session.outbox.control(frame::step1(&self.state.vector.encode()));
    }

    /// Asks for what the log has beyond this room's head.
    pub(super) fn read_head(&mut self) {
        if !self.reading_head {
            self.reading_head = true;
            self.effects.push(Effect::ReadHead { after: self.state.head() });
        }
    }

    /// What the log has beyond this room's head: recorded by another node, or by us when the answer was lost.
    pub(crate) fn head_read(&mut self, updates: Vec<StoredUpdate>, now: Instant) {
        self.reading_head = false;
        for stored in updates {
            if stored.seq != self.state.head() + 1 {
                continue;
            }
            self.adopt(stored);
        }
        if !self.known.vector().contains(&self.state.vector) {
            self.count_known_anew();
        }
        self.judge_held_again(now);
    }

    fn adopt(&mut self, stored: StoredUpdate) {
        self.state.owners.claim_all(&self.known, &stored.bytes, stored.root);
        if let Err(refusal) = self.known.absorb(&stored.bytes) {
            tracing::error!(
                stored.seq,
                code = refusal.code(),
                "a recorded update does not pass the guard"
            );
        }
        let frame = frame::update(&stored.bytes);
        self.state.record(stored.seq, stored.bytes);
        for session in self.sessions.values_mut().filter(|session| session.live) {
            session.outbox.content(frame.clone(), stored.seq);
        }
    }

    /// A bad vector or presence frame is answered, and the socket stays.
    pub(super) fn refuse_politely(&mut self, key: SessionKey, refusal: Refusal) {
        if let Some(session) = self.sessions.get_mut(&key).filter(|session| session.seat.extended) {
            let notice =
                json!({ "type": "error", "code": refusal.code(), "message": refusal.to_string() });
            session.outbox.control(frame::notice(&notice));
        }
    }
}

/// What a client at `vector` lacks of base and tail.
pub(crate) fn difference(base: &[u8], tail: &[TailUpdate], vector: &[u8]) -> Vec<u8> {
    let merged = merge_onto(base, tail)
        .expect("recorded updates have passed the guard, so yrs can merge them");
    crate::merge::diff(&merged, vector).unwrap_or_else(|error| {
        tracing::error!(%error, "no difference could be computed; the whole state answers instead");
        merged
    })
}
