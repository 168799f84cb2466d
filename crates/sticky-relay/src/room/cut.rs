use std::time::Instant;

use serde_json::json;
use sticky_domain::access::Right;
use sticky_domain::event::{Fact, Via};
use sticky_domain::id::{PrincipalId, TokenId};

use super::core::{Core, Effect};
use super::session::{NEVER, SessionKey};
use crate::close::CloseReason;
use crate::frame;
use crate::known::Known;

impl Core {
    /// Takes a fact of this document: rights are looked up again, and people are told.
    pub(crate) fn heard(&mut self, fact: &Fact, now: Instant) {
        match fact {
            Fact::DocumentTrashed {} => self.trashed(now),
            Fact::DocumentRenamed { title } => {
                self.tell_everyone(&json!({ "type": "renamed", "title": title }), now)
            }
            Fact::LinkRevoked { link } => self.recheck_where(|via, _| via == Via::Link(*link)),
            Fact::PermissionGranted { .. } | Fact::PermissionRevoked { .. } => {
                self.recheck_where(|_, _| true)
            }
            _ => {}
        }
    }

    /// A token has been revoked.
    pub(crate) fn token_revoked(&mut self, token: TokenId) {
        self.recheck_where(|via, _| via == Via::Token(token));
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
        let everyone: Vec<SessionKey> = self.sessions.keys().copied().collect();
        for key in everyone {
            self.cut(key, CloseReason::IN_TRASH, now);
        }
    }

    fn tell_everyone(&mut self, notice: &serde_json::Value, now: Instant) {
        let notice = frame::notice(notice);
        for session in self.sessions.values_mut().filter(|session| session.seat.extended) {
            session.outbox.control(notice.clone(), now);
            session.sent_at = now;
        }
    }

    fn recheck_where(&mut self, concerned: impl Fn(Via, PrincipalId) -> bool) {
        let keys: Vec<SessionKey> = self
            .sessions
            .iter()
            .filter(|(_, session)| concerned(session.seat.right.via, session.seat.right.principal))
            .map(|(key, _)| *key)
            .collect();
        keys.into_iter().for_each(|key| self.recheck(key));
    }

    pub(super) fn recheck(&mut self, key: SessionKey) {
        if let Some(session) = self.sessions.get(&key) {
            self.effects.push(Effect::Recheck(key, session.seat.caller.clone()));
        }
    }

    /// The session goes on with this right.
    pub(super) fn renew(&mut self, key: SessionKey, right: Right, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        let changed = session.seat.right.level != right.level;
        session.seat.right = right;
        if changed && session.seat.extended {
            let notice = json!({ "type": "level", "level": session.seat.right.level });
            session.outbox.control(frame::notice(&notice), now);
        }
    }

    pub(super) fn cut_without_right(&mut self, key: SessionKey, now: Instant) {
        let Some(session) = self.sessions.get(&key) else { return };
        let reason = match session.seat.right.via {
            Via::Link(_) => CloseReason::LINK_REVOKED,
            Via::Token(_) => CloseReason::CREDENTIAL,
            Via::Direct => CloseReason::ACCESS_REMOVED,
        };
        self.cut(key, reason, now);
    }

    /// Ends a session at once; what it had pending is forgotten.
    pub(crate) fn cut(&mut self, key: SessionKey, reason: CloseReason, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        if session.seat.extended {
            let notice = json!({ "type": "error", "code": reason.reason });
            session.outbox.control(frame::notice(&notice), now);
        }
        session.outbox.close(reason);
        session.closing = true;
        session.held.clear();
        let client = session.client.take();
        let had_pending = !std::mem::take(&mut session.pending).is_empty();
        self.presence.leave(client);
        self.writers.remove(&key);
        if had_pending {
            self.forget_unrecorded(now);
        }
    }

    /// Something accepted will never be recorded. What is known is counted anew from what is recorded or in flight, and
    /// whoever has something pending is asked to send it once more, in case it was built on what is gone.
    pub(super) fn forget_unrecorded(&mut self, now: Instant) {
        let recorded = std::iter::once(&self.state.base)
            .chain(self.state.tail.iter().map(|update| &update.bytes));
        let mut known = Known::default();
        for bytes in recorded.chain(self.in_flight.iter().map(|entry| &entry.update.bytes)) {
            known.absorb(bytes).expect("what is recorded or in flight has passed the guard");
        }
        for submitted in &self.submitted {
            known.absorb(&submitted.update.bytes).expect("what was submitted has passed the guard");
        }
        self.known = known;
        for key in std::mem::take(&mut self.writers) {
            self.send_again(key, now);
        }
        self.unrecorded_bytes = self
            .in_flight
            .iter()
            .map(|entry| entry.update.bytes.len())
            .sum::<usize>()
            + self.submitted.iter().map(|submitted| submitted.update.bytes.len()).sum::<usize>();
    }

    fn send_again(&mut self, key: SessionKey, now: Instant) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        session.pending = super::batch::Pending::default();
        let batch = self.batch;
        for (waits_for, _) in &mut session.waiting {
            if *waits_for > batch {
                *waits_for = NEVER;
            }
        }
        session.outbox.control(frame::step1(&self.state.vector.encode()), now);
    }
}
