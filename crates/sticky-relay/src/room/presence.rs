use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use bytes::Bytes;
use serde_json::Value;

use super::core::Core;
use super::session::SessionKey;
use crate::frame;
use crate::guard::check_awareness;

const GONE: &str = "null";
/// A presence frame ends with the state that passes this.
const FRAME_BYTES: usize = 1 << 10;

#[derive(Debug)]
struct State {
    session: SessionKey,
    /// As the client counts.
    clock: u32,
    /// How often the server changed the state itself: peers only take what counts higher.
    changes: u32,
    json: String,
}

impl State {
    fn clock(&self) -> u32 {
        self.clock.saturating_add(self.changes)
    }
}

/// Who is here and where their cursors are. Never stored.
#[derive(Debug, Default)]
pub(super) struct Presence {
    states: BTreeMap<u64, State>,
    changed: BTreeSet<u64>,
    /// Clocks of those who left since the last frame went out.
    gone: BTreeMap<u64, u32>,
}

impl Presence {
    /// Everyone's state, in frames.
    pub(super) fn everyone(&self) -> Vec<Bytes> {
        let states = self.states.iter();
        frames(states.map(|(client, state)| (*client, state.clock(), state.json.as_str())))
    }

    /// What has changed since the last call.
    pub(super) fn changes(&mut self) -> Changes {
        let changed = std::mem::take(&mut self.changed);
        let gone = std::mem::take(&mut self.gone);
        let here = changed.into_iter().filter_map(|client| {
            let state = self.states.get(&client)?;
            Some((client, state.clock(), state.json.clone()))
        });
        let gone = gone.into_iter().map(|(client, clock)| (client, clock, GONE.to_owned()));
        Changes { states: here.chain(gone).collect() }
    }

    /// Takes a client's state away.
    pub(super) fn leave(&mut self, client: Option<u64>) {
        let Some(client) = client else { return };
        if let Some(state) = self.states.remove(&client) {
            self.changed.remove(&client);
            self.gone.insert(client, state.clock().saturating_add(1));
        }
    }

    /// Stamps a person over a state anew.
    pub(super) fn restamp(&mut self, client: u64, person: &Value) {
        if let Some(state) = self.states.get_mut(&client)
            && let Some(json) = stamped(&state.json, person)
        {
            state.changes += 1;
            state.json = json;
            self.changed.insert(client);
        }
    }

    fn holder(&self, client: u64) -> Option<SessionKey> {
        self.states.get(&client).map(|state| state.session)
    }

    fn set(&mut self, client: u64, session: SessionKey, clock: u32, json: String) {
        let before = self.states.get(&client).filter(|state| state.session == session);
        if before.is_some_and(|state| clock < state.clock) {
            return;
        }
        let changes = before.map_or(0, |state| state.changes);
        self.gone.remove(&client);
        self.states.insert(client, State { session, clock, changes, json });
        self.changed.insert(client);
    }
}

/// States that others do not know yet.
#[derive(Debug)]
pub(super) struct Changes {
    states: Vec<(u64, u32, String)>,
}

impl Changes {
    pub(super) fn is_of(&self, client: u64) -> bool {
        self.states.iter().any(|state| state.0 == client)
    }

    /// The changes in frames, without those of `own`: stock clients answer news of themselves, which would be news again.
    pub(super) fn frames_without(&self, own: Option<u64>) -> Vec<Bytes> {
        let others = self.states.iter().filter(|state| Some(state.0) != own);
        frames(others.map(|(client, clock, json)| (*client, *clock, json.as_str())))
    }
}

impl Core {
    /// Shows everyone what has changed of the others.
    pub(super) fn show_changes(&mut self, now: Instant) {
        let changes = self.presence.changes();
        let for_most = changes.frames_without(None);
        if for_most.is_empty() {
            return;
        }
        for session in self.sessions.values_mut() {
            let own = session.client.filter(|client| changes.is_of(*client));
            let without_own = own.map(|client| changes.frames_without(Some(client)));
            for states in without_own.as_ref().unwrap_or(&for_most) {
                session.outbox.presence(states.clone());
                session.sent_at = now;
            }
        }
    }

    /// A client tells its own state. Stock clients echo everybody's: what is not the session's own is skipped silently.
    pub(super) fn announce(&mut self, key: SessionKey, states: &[u8]) {
        let mut entries = Vec::new();
        let read = check_awareness(states, &self.limits, |client, clock, json| {
            entries.push((client, clock, json.to_owned()))
        });
        if let Err(refusal) = read {
            self.refuse_politely(key, refusal);
            return;
        }
        for (client, clock, json) in entries {
            self.announce_one(key, client, clock, &json);
        }
    }

    fn announce_one(&mut self, key: SessionKey, client: u64, clock: u32, json: &str) {
        let holder = self.presence.holder(client);
        if json == GONE {
            if holder == Some(key) {
                self.presence.leave(Some(client));
            }
            return;
        }
        if holder.is_some_and(|holder| holder != key && !self.same_root(holder, key)) {
            return;
        }
        let Some(session) = self.sessions.get(&key) else { return };
        let (root, own, person) = (session.seat.right.root, session.client, session.seat.person());
        let is_own = own.is_none_or(|own| own == client);
        // A second id is an echo of someone else, or a client that had to change its id: only the latter is nobody's yet.
        if (!is_own && self.state.owners.owner(client).is_some())
            || !self.state.owners.announce(client, root)
        {
            return;
        }
        let Some(json) = stamped(json, &person) else { return };
        self.take_over(key, client, own);
        self.presence.set(client, key, clock, json);
    }

    fn same_root(&self, one: SessionKey, other: SessionKey) -> bool {
        let root = |key| self.sessions.get(&key).map(|session| session.seat.right.root);
        root(one) == root(other)
    }

    /// The session's client id is `client` from now on, whoever of the same root had it before.
    fn take_over(&mut self, key: SessionKey, client: u64, own: Option<u64>) {
        if let Some(before) = self.presence.holder(client).filter(|holder| *holder != key)
            && let Some(session) = self.sessions.get_mut(&before)
        {
            session.client = None;
        }
        if own.is_some_and(|own| own != client) {
            self.presence.leave(own);
        }
        if let Some(session) = self.sessions.get_mut(&key) {
            session.client = Some(client);
        }
    }

    pub(super) fn show_everyone(&mut self, key: SessionKey) {
        if let Some(session) = self.sessions.get(&key) {
            self.presence.everyone().into_iter().for_each(|states| session.outbox.presence(states));
        }
    }
}

/// The state with the person that the server knows in the place of whoever the client says it is; none if it is no object.
fn stamped(json: &str, person: &Value) -> Option<String> {
    let mut state: serde_json::Map<String, Value> = serde_json::from_str(json).ok()?;
    state.insert("user".to_owned(), person.clone());
    serde_json::to_string(&state).ok()
}

/// A presence frame that says nothing: stock providers reconnect after 30 s without data.
pub(super) fn nothing_new() -> Bytes {
    frame::awareness(std::iter::empty())
}

/// Presence in frames of moderate size: the largest frame that a socket ever sent is memory that it keeps.
fn frames<'a>(states: impl Iterator<Item = (u64, u32, &'a str)>) -> Vec<Bytes> {
    let (mut frames, mut entries, mut bytes) = (Vec::new(), Vec::new(), 0);
    for entry in states {
        bytes += entry.2.len();
        entries.push(entry);
        if bytes >= FRAME_BYTES {
            frames.push(frame::awareness(entries.drain(..)));
            bytes = 0;
        }
    }
    if !entries.is_empty() {
        frames.push(frame::awareness(entries.into_iter()));
    }
    frames
}
