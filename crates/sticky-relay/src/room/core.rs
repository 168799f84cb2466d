use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use bytes::Bytes;
use serde_json::json;
use sticky_domain::access::{Caller, Presence as Trash, Right};
use sticky_domain::port::{NewUpdate, Snapshot, Turn};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::batch::{Entry, Reply, Submitted};
use super::presence::Presence;
use super::session::{Credit, Session, SessionKey};
use super::state::{State, TailUpdate};
use crate::close::CloseReason;
use crate::frame;
use crate::guard::Limits;
use crate::known::Known;
use crate::outbox::OutboxSender;
use crate::seat::Seat;
use crate::settings::Settings;

/// What the core wants done outside; each is answered by a call of the method named with it.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Say when the log is about to commit: [`Core::begin_batch`].
    AwaitTurn,
    /// Record these in their turn, looking a lapsed right up once more: [`Core::recorded`].
    Record(Vec<(NewUpdate, Option<Caller>)>, Turn),
    /// Ask for the append in flight again after a pause: [`Core::retry`].
    RetryLater,
    /// Look a session's right up: [`Core::rechecked`].
    Recheck(SessionKey, Caller),
    /// Read what the log has after this seq: [`Core::head_read`].
    ReadHead { after: u64 },
    /// Compute what a client at `vector` lacks: [`Core::answered`].
    Answer { session: SessionKey, base: Bytes, tail: Vec<TailUpdate>, vector: Bytes, seq: u64 },
    /// Make a base of these: [`Core::compacted`].
    Compact { base: Bytes, tail: Vec<TailUpdate>, seq: u64 },
    /// Store a snapshot: [`Core::snapshot_saved`].
    Save(Snapshot),
}

/// The room without its I/O.
#[derive(Debug)]
pub(crate) struct Core {
    pub(super) settings: Settings,
    pub(super) limits: Limits,
    pub(super) state: State,
    /// Everything accepted, recorded or not: what an arriving update is judged against.
    pub(super) known: Known,
    pub(super) sessions: BTreeMap<SessionKey, Session>,
    /// Sessions with something pending.
    pub(super) writers: BTreeSet<SessionKey>,
    pub(super) submitted: Vec<Submitted>,
    pub(super) in_flight: Vec<Entry>,
    /// Whether this room waits for its turn.
    pub(super) in_line: bool,
    /// Whoever without a socket sent what is known already: answered when the batch is settled that makes it durable.
    pub(super) waiting: Vec<(u64, Reply)>,
    /// Credits of the frames in flight.
    pub(super) credits: Vec<Credit>,
    /// The number of the newest batch, and of the newest whose every entry is settled.
    pub(super) batch: u64,
    pub(super) settled_batch: u64,
    pub(super) presence: Presence,
    pub(super) effects: Vec<Effect>,
    pub(super) snapshots: super::snapshot::Schedule,
    pub(super) reading_head: bool,
    /// Sets this room's operation keys apart from those of every other room there ever was.
    pub(super) life: Life,
    pub(super) began_at: Instant,
    pub(super) ops: u32,
    next_session: u64,
    empty_since: Instant,
}

impl Core {
    pub(crate) fn new(
        settings: Settings,
        state: State,
        known: Known,
        life: Uuid,
        now: Instant,
    ) -> Self {
        Self {
            settings,
            limits: Limits::default(),
            snapshots: super::snapshot::Schedule::new(state.base_seq, now),
            state,
            known,
            sessions: BTreeMap::new(),
            writers: BTreeSet::new(),
            submitted: Vec::new(),
            in_flight: Vec::new(),
            in_line: false,
            waiting: Vec::new(),
            credits: Vec::new(),
            batch: 0,
            settled_batch: 0,
            presence: Presence::default(),
            effects: Vec::new(),
            reading_head: false,
            life: Life::of(life),
            began_at: now,
            ops: 0,
            next_session: 0,
            empty_since: now,
        }
    }

    /// What is to be done since the last call.
    pub(crate) fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Seat> {
        self.sessions.values().filter(|session| !session.closing).map(|session| &session.seat)
    }

    /// Seats someone: greets, asks what they have, shows who is here.
    pub(crate) fn join(&mut self, seat: Seat, outbox: OutboxSender, now: Instant) -> SessionKey {
        self.next_session += 1;
        let key = SessionKey(self.next_session);
        if seat.extended {
            outbox.control(frame::notice(&self.greeting(&seat)));
        }
        outbox.control(frame::step1(&self.state.vector.encode()));
        self.presence.everyone().into_iter().for_each(|states| outbox.presence(states));
        // The right was looked up before the room could hear of its loss.
        self.effects.push(Effect::Recheck(key, seat.caller.clone()));
        self.sessions.insert(key, Session::new(seat, outbox, now));
        key
    }

    fn greeting(&self, seat: &Seat) -> serde_json::Value {
        json!({
            "type": "open",
            "level": seat.right.level,
            "title": seat.title,
            "principal": seat.person(),
            "reconnect": { "jitter_ms": self.settings.reconnect_jitter.as_millis() as u64 },
            "limits": { "update": self.limits.update, "document": self.settings.document_bytes },
        })
    }

    /// Frees a seat. What the session had sent is still recorded: it may be acknowledged on its next socket.
    pub(crate) fn leave(&mut self, key: SessionKey) {
        if let Some(session) = self.sessions.get_mut(&key) {
            session.closing = true;
            let client = session.client.take();
            self.presence.leave(client);
        }
    }

    /// Everything that should happen once the mailbox is drained: one append, one presence frame for each.
    pub(crate) fn flush(&mut self, now: Instant) {
        self.ask_for_batch(now);
        self.release_held(now);
        self.remove_closed(now);
        self.show_changes(now);
    }

    /// The sessions that are like this, in the order in which they came.
    pub(super) fn keys_where(&self, wanted: impl Fn(&Session) -> bool) -> Vec<SessionKey> {
        self.sessions.iter().filter(|(_, session)| wanted(session)).map(|(key, _)| *key).collect()
    }

    /// Sessions that have ended and have nothing left to record.
    fn remove_closed(&mut self, now: Instant) {
        let before = self.sessions.len();
        self.sessions.retain(|key, session| !session.closing || self.writers.contains(key));
        if self.sessions.is_empty() && before > 0 {
            self.empty_since = now;
        }
    }

    /// Whether nobody has been here for the time after which a room unloads, and nothing is under way.
    pub(crate) fn is_idle(&self, now: Instant) -> bool {
        self.sessions.is_empty()
            && self.is_settled()
            && now.saturating_duration_since(self.empty_since) >= self.settings.unload_after
    }

    /// Whether everything accepted is durable.
    pub(crate) fn is_settled(&self) -> bool {
        self.in_flight.is_empty() && self.writers.is_empty() && self.submitted.is_empty()
    }

    /// Ends every session.
    pub(crate) fn close_all(&mut self, reason: CloseReason) {
        for session in self.sessions.values_mut() {
            session.outbox.close(reason);
        }
    }

    /// A session's right as it stands now; `None` when there is none any more.
    pub(crate) fn rechecked(&mut self, key: SessionKey, right: Option<Right>, wall: Timestamp) {
        match right {
            Some(right) if right.presence == Trash::Trashed => self.cut(key, CloseReason::IN_TRASH),
            Some(right) => self.renew(key, right),
            None => self.cut_without_right(key, wall),
        }
    }
}

/// When a room was opened, and what sets it apart from others of that moment: the parts of a version 7 UUID (RFC 9562).
#[derive(Debug)]
pub(super) struct Life {
    pub(super) millis: u64,
    pub(super) chance: [u8; 6],
}

impl Life {
    fn of(id: Uuid) -> Self {
        let (high, low) = id.as_u64_pair();
        let [_, _, chance @ ..] = low.to_be_bytes();
        Self { millis: high >> 16, chance }
    }
}
