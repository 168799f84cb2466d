//! Seeded simulation of one room: clients that type, drop out and come back, rights that lapse and are renewed, a store that
//! fails, a server that crashes.
//!
//! At every delivery: what a client is shown is in the log, and what it is told is saved is in the log. At the end: everyone,
//! the log, and a newcomer read the same. A failing seed is printed; replay it with `STICKY_SEED=n`.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sticky_domain::access::{Caller, Claim, Level, Presence, Right};
use sticky_domain::event::Via;
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{PrincipalId, ProjectId, RootId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{
    Loaded, NewUpdate, RecordError, Recorded, Snapshot, StoreError, StoredUpdate, Turn,
};
use sticky_domain::time::Timestamp;
use uuid::Uuid;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, Transact, Update};

use super::catch_up::difference;
use super::core::{Core, Effect};
use super::session::{Credit, Received, SessionKey};
use super::state::State;
use crate::compact::compact_verified;
use crate::frame::{self, ClientFrame};
use crate::known::{Judgement, Known};
use crate::outbox::{Outbox, Outgoing, Taken, outbox};
use crate::seat::Seat;
use crate::settings::Settings;
use crate::text::{ROOT, read_text};
use crate::varint::Reader;

const SEEDS: u64 = 200;
const STEPS: u64 = 250;
const CLIENTS: usize = 5;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

struct Link {
    key: SessionKey,
    outbox: Outbox,
    /// Frames on their way to the server, in order.
    up: VecDeque<Bytes>,
    /// Counted frames that this socket has sent.
    sent: Vec<Bytes>,
    /// How many of them the server has told to be durable.
    told: usize,
}

struct Client {
    doc: Doc,
    seat: Seat,
    link: Option<Link>,
}

#[derive(Default)]
struct Log {
    updates: Vec<(OpKey, Bytes, RootId)>,
    known: Known,
    snapshots: Vec<Snapshot>,
}

struct World {
    dice: Dice,
    now: Instant,
    core: Core,
    work: Vec<Effect>,
    log: Log,
    clients: Vec<Client>,
    lives: u128,
}

#[test]
fn honest_clients_converge_and_are_never_lied_to() {
    let only = std::env::var("STICKY_SEED")
        .ok()
        .map(|seed| seed.parse().expect("STICKY_SEED is a number"));
    let seeds = only.map_or(0..SEEDS, |seed: u64| seed..seed + 1);
    for seed in seeds {
        let run = std::panic::catch_unwind(|| World::new(seed).run());
        assert!(run.is_ok(), "seed {seed} failed: replay it with STICKY_SEED={seed}");
    }
}

pub(super) fn seat(number: u128) -> Seat {
    let principal = PrincipalId(Uuid::from_u128(number));
    let right = Right {
        level: Level::Editor,
        project: ProjectId(Uuid::from_u128(1)),
        principal,
        root: RootId::from(principal),
        name: format!("Client {number}"),
        via: Via::Direct,
        fence: Vec::new(),
        until: None,
        presence: Presence::Live,
    };
    let caller = Caller::new(ProjectId(Uuid::from_u128(1)), vec![Claim::Principal(principal)]);
    Seat { caller, right, title: String::new(), extended: true }
}

fn client(number: u128) -> Client {
    let id = u64::try_from(number).unwrap() + 1_000;
    let doc = Doc::with_options(Options {
        client_id: yrs::block::ClientID::new(id),
        offset_kind: OffsetKind::Utf16,
        ..Options::default()
    });
    doc.get_or_insert_text(ROOT);
    Client { doc, seat: seat(number), link: None }
}

fn settings() -> Settings {
    Settings { snapshot_updates: 20, ..Settings::default() }
}

impl Log {
    fn loaded(&self) -> Loaded {
        let snapshot = self.snapshots.last().cloned();
        let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
        let tail = self.updates.iter().enumerate().map(|(index, (_, bytes, root))| StoredUpdate {
            seq: index as u64 + 1,
            principal: PrincipalId(root.0),
            root: *root,
            via: Via::Direct,
            recorded_at: Timestamp(0),
            bytes: bytes.clone(),
        });
        Loaded {
            snapshot,
            tail: tail.filter(|update| update.seq > after).collect(),
            head: self.updates.len() as u64,
        }
    }

    fn record(&mut self, update: &NewUpdate) -> Recorded {
        if let Some(index) = self.updates.iter().position(|(op, ..)| *op == update.op) {
            return Recorded { seq: index as u64 + 1, repeated: true };
        }
        self.updates.push((update.op, update.bytes.clone(), RootId(update.actor.principal.0)));
        let all: Vec<&Bytes> = self.updates.iter().map(|(_, bytes, _)| bytes).collect();
        self.known = Known::from_update(&crate::merge::merge(&all).unwrap()).unwrap();
        Recorded { seq: self.updates.len() as u64, repeated: false }
    }

    fn has(&self, update: &NewUpdate) -> bool {
        self.updates.iter().any(|(op, ..)| *op == update.op)
    }

    fn holds(&self, update: &[u8]) -> bool {
        self.known.judge(update).unwrap() == Judgement::Known
    }

    fn text(&self) -> String {
        let updates: Vec<&Bytes> = self.updates.iter().map(|(_, bytes, _)| bytes).collect();
        read_text(crate::merge::EMPTY, &updates, ROOT).unwrap()
    }
}

fn away() -> Result<Recorded, RecordError> {
    Err(RecordError::Store(StoreError::Unavailable("simulated".to_owned())))
}

impl World {
    fn new(seed: u64) -> Self {
        let now = Instant::now();
        let log = Log::default();
        let core = Self::load(&log, 1, now);
        let clients = (1..=CLIENTS as u128).map(client).collect();
        Self { dice: Dice(seed), now, core, work: Vec::new(), log, clients, lives: 1 }
    }

    fn load(log: &Log, life: u128, now: Instant) -> Core {
        let (state, known) = State::from_loaded(log.loaded()).unwrap();
        Core::new(settings(), state, known, Uuid::from_u128(life), now)
    }

    fn run(mut self) {
        for _ in 0..STEPS {
            self.step();
        }
        self.quiesce();
        let text = self.log.text();
        for client in &self.clients {
            let (read, held) = (client.text(), client.unsaved());
            assert_eq!(read, text, "{} reads something else", client.seat.right.name);
            assert_eq!(held, 0, "{} is not told that all is saved", client.seat.right.name);
        }
        assert_eq!(newcomer(&self.core), text, "a newcomer reads something else");
    }

    fn step(&mut self) {
        let number = usize::try_from(self.dice.roll(CLIENTS as u64)).unwrap();
        match self.dice.roll(100) {
            0..30 => self.edit(number),
            30..55 => self.carry_up(number),
            55..75 => self.carry_down(number),
            75..90 => self.finish_some_work(),
            90..93 => self.disconnect(number),
            93..97 => self.connect(number),
            97 => self.renew(number),
            98 => self.tick(),
            _ => self.crash(),
        }
        self.settle_core();
    }

    fn settle_core(&mut self) {
        self.core.flush(self.now);
        self.work.extend(self.core.effects());
    }

    fn edit(&mut self, number: usize) {
        let (place, delete) = (self.dice.roll(1_000), self.dice.chance(30));
        let client = &mut self.clients[number];
        let text = client.doc.get_or_insert_text(ROOT);
        let before = client.doc.transact().state_vector();
        let mut change = client.doc.transact_mut();
        let len = text.len(&change);
        let at = u32::try_from(place).unwrap() % (len + 1);
        if delete && at < len {
            text.remove_range(&mut change, at, (len - at).min(3));
        } else {
            text.insert(
                &mut change,
                at,
                ["a", "bc", "Δ", "\n- "][usize::try_from(place % 4).unwrap()],
            );
        }
        drop(change);
        let update = client.doc.transact().encode_diff_v1(&before);
        client.send(frame::update(&update));
    }

    fn carry_up(&mut self, number: usize) {
        let Some(link) = &mut self.clients[number].link else { return };
        let count = 1 + self.dice.roll(5);
        for bytes in link.up.drain(..link.up.len().min(usize::try_from(count).unwrap())) {
            self.core.receive(link.key, Received { bytes, credit: Credit::default() }, self.now);
        }
    }

    fn carry_down(&mut self, number: usize) {
        while self.carry_one_down(number) {}
    }

    fn carry_one_down(&mut self, number: usize) -> bool {
        let client = &mut self.clients[number];
        let Some(link) = &client.link else { return false };
        match link.outbox.take() {
            Taken::Outgoing(Outgoing::Frame(bytes)) => client.hear(&bytes, &self.log),
            Taken::Outgoing(Outgoing::Close(reason)) => {
                assert!(reason.code < 4_400, "an honest client was closed with {reason:?}");
                client.link = None;
            }
            Taken::Behind => self.core.resync(link.key, self.now),
            Taken::Empty => return false,
        }
        true
    }

    fn finish_some_work(&mut self) {
        if self.work.is_empty() {
            return;
        }
        let index = self.dice.roll(self.work.len() as u64);
        let effect = self.work.swap_remove(usize::try_from(index).unwrap());
        self.finish(effect);
    }

    fn finish(&mut self, effect: Effect) {
        match effect {
            Effect::AwaitTurn => self.core.begin_batch(Turn::default(), self.now),
            Effect::Record(updates, _) => {
                self.record(&updates.into_iter().map(|(update, _)| update).collect::<Vec<_>>())
            }
            Effect::RetryLater => self.core.retry(),
            Effect::Recheck(key, caller) => {
                let seat = self
                    .clients
                    .iter()
                    .find(|client| client.seat.caller == caller)
                    .map(|client| client.seat.right.clone());
                self.core.rechecked(key, seat, Timestamp(0));
            }
            Effect::ReadHead { after } => {
                let tail = self.log.loaded_after(after);
                self.core.head_read(tail, self.now);
            }
            Effect::Answer { session, base, tail, vector, seq } => {
                self.core.answered(session, &difference(&base, &tail, &vector), seq, self.now);
            }
            Effect::Compact { base, tail, seq } => {
                self.core.compacted(
                    compact_verified(&base, &tail).ok().map(|base| base.bytes.into()),
                    seq,
                    self.now,
                );
            }
            Effect::Save(snapshot) => {
                self.log.snapshots.push(snapshot);
                self.core.snapshot_saved();
            }
        }
    }

    /// The store fails before recording, or after it (the reply is lost), or records in another order than asked, or finds
    /// that some right has lapsed.
    fn record(&mut self, updates: &[NewUpdate]) {
        let fate = self.dice.roll(100);
        let outcomes = match fate {
            0..10 => updates.iter().map(|_| away()).collect(),
            10..20 => {
                for update in updates {
                    self.log.record(update);
                }
                updates.iter().map(|_| away()).collect()
            }
            20..35 => {
                let mut backwards: Vec<_> =
                    updates.iter().rev().map(|update| Ok(self.log.record(update))).collect();
                backwards.reverse();
                backwards
            }
            35..45 => self.record_what_has_not_lapsed(updates),
            _ => updates.iter().map(|update| Ok(self.log.record(update))).collect(),
        };
        self.core.recorded(outcomes, self.now);
    }

    /// What has lapsed has lapsed for all that one person has in the batch.
    fn record_what_has_not_lapsed(
        &mut self,
        updates: &[NewUpdate],
    ) -> Vec<Result<Recorded, RecordError>> {
        let unlucky = PrincipalId(Uuid::from_u128(1 + u128::from(self.dice.roll(CLIENTS as u64))));
        let record =
            |update: &NewUpdate| match update.actor.principal == unlucky && !self.log.has(update) {
                true => Err(RecordError::Lapsed(RightKey::Principal(unlucky))),
                false => Ok(self.log.record(update)),
            };
        updates.iter().map(record).collect()
    }

    /// The right of someone rests on something else from now on.
    fn renew(&mut self, number: usize) {
        let version = self.dice.roll(1_000);
        let client = &mut self.clients[number];
        let key = RightKey::Principal(client.seat.right.principal);
        client.seat.right.fence = vec![KeyVersion { key, version }];
        if let Some(link) = &client.link {
            self.core.rechecked(link.key, Some(client.seat.right.clone()), Timestamp(0));
        }
    }

    fn disconnect(&mut self, number: usize) {
        if let Some(link) = self.clients[number].link.take() {
            self.core.leave(link.key);
        }
    }

    fn connect(&mut self, number: usize) {
        if self.clients[number].link.is_some() {
            return;
        }
        let (sender, receiver) = outbox();
        let client = &mut self.clients[number];
        let key = self.core.join(client.seat.clone(), sender, self.now);
        client.link =
            Some(Link { key, outbox: receiver, up: VecDeque::new(), sent: Vec::new(), told: 0 });
        let vector = client.doc.transact().state_vector().encode_v1();
        client.send(frame::step1(&vector));
    }

    fn tick(&mut self) {
        self.now += Duration::from_secs(self.dice.roll(4));
        self.core.tick(Timestamp(0), self.now);
    }

    /// kill -9: whatever was not recorded is gone, in memory and on every socket.
    fn crash(&mut self) {
        self.lives += 1;
        self.work.clear();
        self.core = Self::load(&self.log, self.lives, self.now);
        for client in &mut self.clients {
            client.link = None;
        }
    }

    fn quiesce(&mut self) {
        for number in 0..CLIENTS {
            self.connect(number);
        }
        for _ in 0..400 {
            for number in 0..CLIENTS {
                self.connect(number);
                self.carry_up(number);
                self.settle_core();
                self.carry_down(number);
            }
            while !self.work.is_empty() {
                self.finish_some_work();
                self.settle_core();
            }
            self.now += Duration::from_secs(1);
            self.core.tick(Timestamp(0), self.now);
            self.settle_core();
        }
    }
}

impl Log {
    fn loaded_after(&self, after: u64) -> Vec<StoredUpdate> {
        let whole =
            Self { updates: self.updates.clone(), known: Known::default(), snapshots: Vec::new() };
        whole.loaded().tail.into_iter().filter(|update| update.seq > after).collect()
    }
}

impl Client {
    fn text(&self) -> String {
        let text = self.doc.get_or_insert_text(ROOT);
        text.get_string(&self.doc.transact())
    }

    /// Counted frames on this socket that were not yet told to be durable.
    fn unsaved(&self) -> usize {
        self.link.as_ref().map_or(usize::MAX, |link| link.sent.len() - link.told)
    }

    fn send(&mut self, bytes: Bytes) {
        if let Some(link) = &mut self.link {
            if ClientFrame::counts(&bytes) {
                link.sent.push(bytes.clone());
            }
            link.up.push_back(bytes);
        }
    }

    fn hear(&mut self, bytes: &[u8], log: &Log) {
        let mut reader = Reader::new(bytes);
        match reader.uint().unwrap() {
            0 => self.hear_sync(bytes, log),
            120 => self.hear_saved(reader.uint().unwrap(), log),
            _ => {}
        }
    }

    fn hear_sync(&mut self, bytes: &[u8], log: &Log) {
        match ClientFrame::parse(bytes).unwrap() {
            ClientFrame::Step1(vector) => {
                let vector = StateVector::decode_v1(vector).unwrap();
                let lacks = self.doc.transact().encode_diff_v1(&vector);
                self.send(frame::step2(&lacks));
            }
            ClientFrame::Step2(update) | ClientFrame::Update(update) => {
                assert!(log.holds(update), "something was shown that is not in the log");
                self.doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
            }
            ClientFrame::Awareness(_) | ClientFrame::QueryAwareness => {}
        }
    }

    fn hear_saved(&mut self, frames: u64, log: &Log) {
        let Some(link) = &mut self.link else { return };
        let frames = usize::try_from(frames).unwrap();
        for sent in link.sent.iter().take(frames) {
            let (ClientFrame::Step2(update) | ClientFrame::Update(update)) =
                ClientFrame::parse(sent).unwrap()
            else {
                continue;
            };
            assert!(log.holds(update), "an edit was told to be saved that is not in the log");
        }
        link.told = frames;
    }
}

fn newcomer(core: &Core) -> String {
    let state = core.state();
    read_text(&state.base, &state.tail, ROOT).unwrap()
}
