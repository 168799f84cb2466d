use std::time::Instant;

use serde_json::json;
use sticky_domain::access::Right;
use sticky_domain::event::{Fact, Via};
use sticky_domain::fence::RightKey;
use sticky_domain::id::{LinkId, PrincipalId};
use sticky_domain::port::EditError;
use sticky_domain::time::Timestamp;

use super::batch::{Entry, Source};
use super::core::{Core, Effect};
use super::session::SessionKey;
use crate::close::CloseReason;
use crate::frame;
use crate::seat::Seat;

impl Core {
    /// Takes a fact of this document: rights are looked up again, and people are told.
    pub(crate) fn heard(&mut self, fact: &Fact, now: Instant) {
        match fact {
            Fact::DocumentTrashed {} => self.trashed(now),
            Fact::DocumentPurged { .. } => self.cut_everyone(CloseReason::NOT_FOUND),
            Fact::DocumentRenamed { title } => {
                self.tell_everyone(&json!({ "type": "renamed", "title": title }), now)
            }
            Fact::LinkRevoked { link } => {
                let key = RightKey::Link(*link);
                self.recheck_where(|seat| seat.caller.holds(*link) || rests_on(seat, key));
            }
            // Whom a link let in may be anyone.
            Fact::LinkChanged { .. }
            | Fact::PermissionGranted { .. }
            | Fact::PermissionRevoked { .. } => self.recheck_all(),
            _ => {}
        }
    }

    /// A key has been lessened that is not of this document.
    pub(crate) fn lessened(&mut self, key: RightKey) {
        if let RightKey::Token(token) = key {
            // A token is lessened once, to nothing. Whoever signs out keeps what they were given.
            for key in self.keys_where(|session| session.seat.caller.rests_on(token)) {
                self.cut(key, CloseReason::CREDENTIAL);
            }
        }
        self.recheck_where(|seat| rests_on(seat, key));
    }

    /// An owner keeps someone out whom a link had let in. The key that this lessens has them looked up again.
    pub(crate) fn removed(&mut self, link: LinkId, principal: PrincipalId) {
        for session in self.sessions.values_mut() {
            let right = &session.seat.right;
            session.removed |= right.principal == principal && right.via == Via::Link(link);
        }
    }

    /// A principal may have been given more.
    pub(crate) fn widened(&mut self, principal: PrincipalId) {
        self.recheck_where(|seat| seat.caller.principals().any(|known| known == principal));
    }

    /// A principal is called something else now.
    pub(crate) fn renamed(&mut self, principal: PrincipalId, name: &str) {
        for session in
            self.sessions.values_mut().filter(|session| session.seat.right.principal == principal)
        {
            name.clone_into(&mut session.seat.right.name);
            if let Some(client) = session.client {
                self.presence.restamp(client, &session.seat.person());
            }
        }
    }

    fn trashed(&mut self, now: Instant) {
        self.tell_everyone(&json!({ "type": "trashed" }), now);
        self.cut_everyone(CloseReason::IN_TRASH);
    }

    fn cut_everyone(&mut self, reason: CloseReason) {
        let everyone: Vec<SessionKey> = self.sessions.keys().copied().collect();
        everyone.into_iter().for_each(|key| self.cut(key, reason));
    }

    fn tell_everyone(&mut self, notice: &serde_json::Value, now: Instant) {
        let notice = frame::notice(notice);
        for session in self.sessions.values_mut().filter(|session| session.seat.extended) {
            session.outbox.control(notice.clone());
            session.sent_at = now;
        }
    }

    /// Nobody can say any more what has changed: every right is looked up again.
    pub(crate) fn recheck_all(&mut self) {
        self.recheck_where(|_| true);
    }

    fn recheck_where(&mut self, concerned: impl Fn(&Seat) -> bool) {
        let keys = self.keys_where(|session| concerned(&session.seat));
        keys.into_iter().for_each(|key| self.recheck(key));
    }

    /// A credential that ends takes its sessions along; a right that ends leaves what the caller's other claims give.
    pub(super) fn end_what_is_over(&mut self, wall: Timestamp) {
        let is_over = |until: Option<Timestamp>| until.is_some_and(|until| until <= wall);
        for key in self.keys_where(|session| is_over(session.seat.caller.until)) {
            self.cut(key, CloseReason::CREDENTIAL);
        }
        for key in self.keys_where(|session| is_over(session.seat.right.until)) {
            self.recheck(key);
        }
    }

    pub(super) fn recheck(&mut self, key: SessionKey) {
        if let Some(session) = self.sessions.get(&key) {
            self.effects.push(Effect::Recheck(key, session.seat.caller.clone()));
        }
    }

    /// The session goes on with this right.
    pub(super) fn renew(&mut self, key: SessionKey, right: Right) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        let changed = session.seat.right.level != right.level;
        session.seat.right = right;
        if changed && session.seat.extended {
            let notice = json!({ "type": "level", "level": session.seat.right.level });
            session.outbox.control(frame::notice(&notice));
        }
    }

    /// Nothing gives the session a right any more. A credential that has ended says nothing of what its holder may do.
    pub(super) fn cut_without_right(&mut self, key: SessionKey, wall: Timestamp) {
        let Some(session) = self.sessions.get(&key) else { return };
        let reason = match session.seat.right.via {
            _ if session.seat.caller.until.is_some_and(|until| until <= wall) => {
                CloseReason::CREDENTIAL
            }
            Via::Link(_) if session.removed => CloseReason::ACCESS_REMOVED,
            Via::Link(_) => CloseReason::LINK_REVOKED,
            Via::Token(_) | Via::Direct => CloseReason::ACCESS_REMOVED,
        };
        self.cut(key, reason);
    }

    /// Ends a session at once. What was accepted of it is still recorded, if its right still holds then.
    pub(crate) fn cut(&mut self, key: SessionKey, reason: CloseReason) {
        let Some(session) = self.sessions.get_mut(&key).filter(|session| !session.closing) else {
            return;
        };
        if session.seat.extended {
            let notice = json!({ "type": "error", "code": reason.reason });
            session.outbox.control(frame::notice(&notice));
        }
        session.outbox.close(reason);
        session.closing = true;
        session.held.clear();
        let client = session.client.take();
        self.presence.leave(client);
    }

    /// Something accepted will never be recorded. What is known is counted anew from what is recorded or in flight, and
    /// whoever has frames that are not sure to become durable is asked to send once more: they may be built on what is gone.
    pub(super) fn forget_unrecorded(&mut self) {
        self.count_known_anew();
        self.writers.clear();
        for (_, reply) in self.waiting.drain(..) {
            let _ = reply.send(Err(EditError::Conflict));
        }
        let vector = self.state.vector.encode();
        for (key, session) in &mut self.sessions {
            let is_from =
                |entry: &Entry| matches!(entry.source, Source::Session(from) if from == *key);
            let sure =
                if self.in_flight.iter().any(is_from) { self.batch } else { self.settled_batch };
            if session.forget(sure) {
                session.outbox.control(frame::step1(&vector));
            }
        }
    }

    /// What is known, counted from what is recorded, in flight or submitted.
    pub(super) fn count_known_anew(&mut self) {
        let flying = self.in_flight.iter().map(|entry| &entry.update.bytes);
        let submitted = self.submitted.iter().map(|submitted| &submitted.update.bytes);
        let known = self.state.count_anew(flying.chain(submitted));
        self.state.owners.keep_writers(|client| known.vector().get(client) > 0);
        self.known = known;
    }
}

fn rests_on(seat: &Seat, key: RightKey) -> bool {
    seat.right.fence.iter().any(|held| held.key == key)
}
