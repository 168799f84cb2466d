//! The room's task: gives the core messages, time and the ports, one thing after another.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use sticky_domain::access::Right;
use sticky_domain::event::Fact;
use sticky_domain::fence::RightKey;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, RootId};
use sticky_domain::port::{StoredUpdate, Turn};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::core::{Core, Effect};
use super::intake::Submission;
use super::perform;
use super::session::{Received, SessionKey};
use super::state::TailUpdate;
use crate::close::CloseReason;
use crate::outbox::OutboxSender;
use crate::relay::{RelayPorts, Retire};
use crate::seat::Seat;
use crate::settings::Settings;

/// How many messages are taken before the room acts on them.
const DRAIN: usize = 256;
/// Whose right ends by the clock is off the note within a second.
const TICK: Duration = Duration::from_millis(500);
/// How long a stopping room waits for what is not durable yet.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// What a room can be told.
#[derive(Debug)]
pub(crate) enum Message {
    Join { seat: Box<Seat>, outbox: OutboxSender, reply: oneshot::Sender<SessionKey> },
    Frame(SessionKey, Received),
    Resync(SessionKey),
    Leave(SessionKey),
    Close(SessionKey, CloseReason),
    Submit(Box<Submission>),
    Read(oneshot::Sender<Reading>),
    People(oneshot::Sender<Vec<(LinkId, RootId)>>),
}

/// What a room is told before anything else.
#[derive(Debug)]
pub(crate) enum Control {
    Heard(Arc<Fact>),
    /// A key stands at a new version: whoever's right rests on it may have less.
    Lessened(RightKey),
    /// Someone may have more than before.
    Widened(PrincipalId),
    /// An owner keeps someone out whom a link had let in.
    Removed(LinkId, PrincipalId),
    Renamed(PrincipalId, String),
    /// Something could not be read that may have lessened a right.
    RecheckAll,
    Stop,
}

/// Where a room is told things.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) messages: mpsc::Receiver<Message>,
    pub(crate) orders: mpsc::UnboundedReceiver<Control>,
}

impl Mail {
    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.orders.is_empty()
    }
}

/// What is durable of a document, cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) seq: u64,
    pub(crate) base: Bytes,
    pub(crate) base_seq: u64,
    pub(crate) tail: Vec<TailUpdate>,
}

/// What came of an effect.
#[derive(Debug)]
pub(super) enum Done {
    /// It is the room's turn.
    Turn(Turn),
    Recorded(Vec<super::batch::Outcome>),
    RetryNow,
    Rechecked(SessionKey, Option<Right>),
    /// The right could not be looked up.
    Unsure(SessionKey),
    HeadRead(Vec<StoredUpdate>),
    Answered(SessionKey, Vec<u8>, u64),
    Compacted(Option<Bytes>, u64),
    Saved,
}

/// One room from its loading to its end.
pub(crate) struct Room {
    document: DocumentId,
    ports: Arc<RelayPorts>,
    core: Core,
    mail: Mail,
    work: FuturesUnordered<BoxFuture<'static, Done>>,
    stopping_since: Option<Instant>,
}

/// Runs a room until it is idle or stopped. A room that cannot be loaded ends at once, and its callers try again.
pub(crate) async fn run(
    document: DocumentId,
    ports: Arc<RelayPorts>,
    settings: Settings,
    mail: Mail,
    retire: Retire,
) {
    match perform::load(document, &ports).await {
        Ok((state, known)) => {
            let core = Core::new(settings, state, known, ports.ids.id(), Instant::now());
            let mut room = Room {
                document,
                ports,
                core,
                mail,
                work: FuturesUnordered::new(),
                stopping_since: None,
            };
            room.live(&retire).await;
        }
        Err(error) => {
            tracing::error!(docId = %document, %error, "the note could not be loaded");
            retire.now();
        }
    }
}

impl Room {
    async fn live(&mut self, retire: &Retire) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                Some(order) = self.mail.orders.recv() => self.obey(order),
                Some(done) = self.work.next(), if !self.work.is_empty() => self.apply(done),
                _ = tick.tick() => self.core.tick(self.ports.clock.now(), Instant::now()),
                message = self.mail.messages.recv() => match message {
                    Some(message) => self.take(message),
                    None => return,
                },
            }
            self.act();
            if self.is_over(retire) {
                return;
            }
        }
    }

    /// Takes a message and whatever else has come meanwhile, so that one append carries it all.
    fn take(&mut self, message: Message) {
        self.handle(message);
        for _ in 0..DRAIN {
            match self.mail.messages.try_recv() {
                Ok(message) => self.handle(message),
                Err(_) => break,
            }
        }
    }

    fn handle(&mut self, message: Message) {
        let now = Instant::now();
        match message {
            Message::Join { seat, outbox, reply } => self.join(*seat, outbox, reply, now),
            Message::Frame(session, received) => self.core.receive(session, received, now),
            Message::Resync(session) => self.core.resync(session, now),
            Message::Leave(session) => self.core.leave(session),
            Message::Close(session, reason) => self.core.cut(session, reason),
            Message::Submit(submission) => self.core.submit(*submission),
            Message::Read(reply) => drop(reply.send(self.reading())),
            Message::People(reply) => drop(reply.send(self.people())),
        }
    }

    fn obey(&mut self, order: Control) {
        let now = Instant::now();
        match order {
            Control::Heard(fact) => self.core.heard(&fact, now),
            Control::Lessened(key) => self.core.lessened(key),
            Control::Widened(principal) => self.core.widened(principal),
            Control::Removed(link, principal) => self.core.removed(link, principal),
            Control::Renamed(principal, name) => self.core.renamed(principal, &name),
            Control::RecheckAll => self.core.recheck_all(),
            Control::Stop => self.stopping_since = Some(now),
        }
    }

    fn join(
        &mut self,
        seat: Seat,
        outbox: OutboxSender,
        reply: oneshot::Sender<SessionKey>,
        now: Instant,
    ) {
        if self.stopping_since.is_some() {
            outbox.close(CloseReason::RESTARTING);
        }
        let key = self.core.join(seat, outbox, now);
        if reply.send(key).is_err() {
            self.core.leave(key);
        }
    }

    fn apply(&mut self, done: Done) {
        let now = Instant::now();
        match done {
            Done::Turn(turn) => self.core.begin_batch(turn, now),
            Done::Recorded(outcomes) => self.core.recorded(outcomes, now),
            Done::RetryNow => self.core.retry(),
            Done::Rechecked(session, right) => {
                self.core.rechecked(session, right, self.ports.clock.now());
            }
            Done::Unsure(session) => self.core.cut(session, CloseReason::TRY_AGAIN),
            Done::HeadRead(updates) => self.core.head_read(updates, now),
            Done::Answered(session, answer, seq) => self.core.answered(session, &answer, seq, now),
            Done::Compacted(base, seq) => self.core.compacted(base, seq, now),
            Done::Saved => self.core.snapshot_saved(),
        }
    }

    /// Starts whatever the core wants done.
    fn act(&mut self) {
        self.core.flush(Instant::now());
        for effect in self.core.effects() {
            self.work.push(self.perform(effect));
        }
    }

    fn perform(&self, effect: Effect) -> BoxFuture<'static, Done> {
        let (document, ports) = (self.document, Arc::clone(&self.ports));
        match effect {
            Effect::AwaitTurn => Box::pin(perform::turn(ports)),
            Effect::Record(updates, turn) => {
                Box::pin(perform::record(document, ports, updates, turn))
            }
            Effect::RetryLater => Box::pin(perform::pause()),
            Effect::Recheck(session, caller) => {
                Box::pin(perform::recheck(document, ports, session, caller))
            }
            Effect::ReadHead { after } => Box::pin(perform::read_head(document, ports, after)),
            Effect::Answer { session, base, tail, vector, seq } => {
                Box::pin(perform::answer(session, base, tail, vector, seq))
            }
            Effect::Compact { base, tail, seq } => {
                Box::pin(perform::compact(document, base, tail, seq))
            }
            Effect::Save(snapshot) => Box::pin(perform::save(document, ports, snapshot)),
        }
    }

    /// Whether the room has ended: stopped and durable, or idle with its last snapshot made.
    fn is_over(&mut self, retire: &Retire) -> bool {
        let now = Instant::now();
        if let Some(since) = self.stopping_since {
            return self.is_stopped(now.saturating_duration_since(since) >= DRAIN_TIME);
        }
        if !self.core.is_idle(now) || self.core.is_compacting() {
            return false;
        }
        if self.core.compact(now) {
            self.act();
            return false;
        }
        retire.when(|| self.mail.is_empty())
    }

    fn is_stopped(&mut self, out_of_time: bool) -> bool {
        if self.core.is_settled() || out_of_time {
            self.core.close_all(CloseReason::RESTARTING);
            if out_of_time || !self.core.is_compacting() && !self.core.compact(Instant::now()) {
                return true;
            }
            self.act();
        }
        false
    }

    fn reading(&self) -> Reading {
        let state = self.core.state();
        Reading {
            seq: state.head(),
            base: state.base.clone(),
            base_seq: state.base_seq,
            tail: state.tail.clone(),
        }
    }

    fn people(&self) -> Vec<(LinkId, RootId)> {
        self.core.sessions().filter_map(|seat| Some((seat.link()?, seat.right.root))).collect()
    }
}
