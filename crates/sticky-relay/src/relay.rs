//! The relay: every document that is open on this node, each as a room of its own.

mod allowance;
mod connection;
mod content;
mod excerpt;
mod follower;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sticky_domain::id::{DocumentId, LinkId, RootId};
use sticky_domain::port::{Access, Clock, EventStore, Ids, Snapshots};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::close::CloseReason;
use crate::outbox::outbox;
use crate::room::task::{self, Control, Mail, Message};
use crate::seat::Seat;
use crate::settings::Settings;
use allowance::Allowance;

pub use connection::{Connection, Gone, Inbox, SessionOutbox};

/// How many messages wait for a room.
const MAILBOX: usize = 1_024;
/// Bytes of updates that wait, unrecorded, for all documents of this node; then no socket is read that sends more.
const UNRECORDED: usize = 64 << 20;
/// How often a room that ended just then is opened again.
const ATTEMPTS: usize = 5;
/// How long a stop waits for rooms.
const STOP_TIME: Duration = Duration::from_secs(8);

/// What rooms need from outside.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct RelayPorts {
    pub events: Arc<dyn EventStore>,
    pub snapshots: Arc<dyn Snapshots>,
    pub access: Arc<dyn Access>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// The open documents of this node.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Relay {
    shared: Arc<Shared>,
}

struct Shared {
    ports: Arc<RelayPorts>,
    settings: Settings,
    rooms: Mutex<Rooms>,
    unrecorded: Arc<Semaphore>,
    /// True once the follower knows where in the log it stands.
    ready: watch::Receiver<bool>,
    follower: JoinHandle<()>,
}

#[derive(Default)]
struct Rooms {
    open: HashMap<DocumentId, RoomHandle>,
    generation: u64,
    stopping: bool,
    warm_opens: u64,
    cold_opens: u64,
}

/// How to reach a room.
#[derive(Debug, Clone)]
pub(crate) struct RoomHandle {
    generation: u64,
    pub(crate) mailbox: mpsc::Sender<Message>,
    /// Read before the mailbox: whoever loses a right does not wait behind what others type.
    pub(crate) control: mpsc::UnboundedSender<Control>,
    pub(crate) allowance: Allowance,
}

/// A room that takes itself out of the list.
pub(crate) struct Retire {
    shared: std::sync::Weak<Shared>,
    document: DocumentId,
    generation: u64,
}

/// Counts for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    pub rooms: usize,
    /// Bytes of updates that are accepted and not durable yet.
    pub unrecorded: usize,
    /// How often someone came to a document that was in memory, and to one that was not.
    pub warm_opens: u64,
    pub cold_opens: u64,
}

impl Relay {
    /// A relay that follows the control lane from now on. Call within a runtime.
    pub fn start(ports: RelayPorts, settings: Settings) -> Self {
        let ports = Arc::new(ports);
        let (ready_sender, ready) = watch::channel(false);
        let shared = Arc::new_cyclic(|weak| Shared {
            ports: Arc::clone(&ports),
            settings,
            rooms: Mutex::default(),
            unrecorded: Arc::new(Semaphore::new(UNRECORDED)),
            ready,
            follower: tokio::spawn(follower::follow(
                std::sync::Weak::clone(weak),
                ports,
                ready_sender,
            )),
        });
        Self { shared }
    }

    /// Seats someone in a document's room. Drop the inbox to leave.
    pub async fn connect(
        &self,
        document: DocumentId,
        seat: Seat,
    ) -> Result<Connection, CloseReason> {
        self.shared
            .ready
            .clone()
            .wait_for(|ready| *ready)
            .await
            .map_err(|_| CloseReason::RESTARTING)?;
        self.count_open(document);
        for _ in 0..ATTEMPTS {
            let room = self.room(document)?;
            let (sender, receiver) = outbox();
            let (reply, joined) = oneshot::channel();
            let join = Message::Join { seat: Box::new(seat.clone()), outbox: sender, reply };
            if room.mailbox.send(join).await.is_ok()
                && let Ok(key) = joined.await
            {
                return Ok(Connection::new(room, key, receiver, self.shared.settings.rate));
            }
        }
        Err(CloseReason::TRY_AGAIN)
    }

    /// Loads a document that someone is about to open. Nobody comes: it leaves memory again.
    pub fn warm(&self, document: DocumentId) {
        // A relay that is stopping has nobody to warm anything for.
        let _ = self.room(document);
    }

    fn count_open(&self, document: DocumentId) {
        self.shared.with_rooms(|rooms| match rooms.open.contains_key(&document) {
            true => rooms.warm_opens += 1,
            false => rooms.cold_opens += 1,
        });
    }

    /// How many people are on each link of a document now.
    pub async fn people(&self, document: DocumentId) -> HashMap<LinkId, usize> {
        let mut people: HashMap<LinkId, HashSet<RootId>> = HashMap::new();
        if let Some(seats) = self.ask_open(document, Message::People).await {
            for (link, root) in seats {
                people.entry(link).or_default().insert(root);
            }
        }
        people.into_iter().map(|(link, roots)| (link, roots.len())).collect()
    }

    /// Closes every session with 1012 once what it sent is durable, makes the last snapshots, and returns when it is done.
    pub async fn shutdown(&self) {
        let rooms: Vec<RoomHandle> = self.shared.with_rooms(|rooms| {
            rooms.stopping = true;
            rooms.open.drain().map(|(_, room)| room).collect()
        });
        self.shared.follower.abort();
        let stop = futures::future::join_all(rooms.iter().map(|room| async {
            if room.control.send(Control::Stop).is_ok() {
                room.mailbox.closed().await;
            }
        }));
        if tokio::time::timeout(STOP_TIME, stop).await.is_err() {
            tracing::warn!(
                "some notes were still being saved when the time to stop was over; the log has what was acknowledged"
            );
        }
    }

    pub fn stats(&self) -> Stats {
        let unrecorded = UNRECORDED - self.shared.unrecorded.available_permits();
        self.shared.with_rooms(|rooms| Stats {
            rooms: rooms.open.len(),
            unrecorded,
            warm_opens: rooms.warm_opens,
            cold_opens: rooms.cold_opens,
        })
    }

    /// Asks a room something, if it is open.
    async fn ask_open<T>(
        &self,
        document: DocumentId,
        ask: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Option<T> {
        let room = self.shared.with_rooms(|rooms| rooms.open.get(&document).cloned())?;
        let (reply, answer) = oneshot::channel();
        room.mailbox.send(ask(reply)).await.ok()?;
        answer.await.ok()
    }

    /// The document's room, opened if need be.
    fn room(&self, document: DocumentId) -> Result<RoomHandle, CloseReason> {
        self.shared.with_rooms(|rooms| {
            if rooms.stopping {
                return Err(CloseReason::RESTARTING);
            }
            if let Some(room) = rooms.open.get(&document).filter(|room| !room.mailbox.is_closed()) {
                return Ok(room.clone());
            }
            rooms.generation += 1;
            let room = self.open(document, rooms.generation);
            rooms.open.insert(document, room.clone());
            Ok(room)
        })
    }

    fn open(&self, document: DocumentId, generation: u64) -> RoomHandle {
        let (mailbox, messages) = mpsc::channel(MAILBOX);
        let (control, orders) = mpsc::unbounded_channel();
        let retire = Retire { shared: Arc::downgrade(&self.shared), document, generation };
        let mail = Mail { messages, orders };
        let ports = Arc::clone(&self.shared.ports);
        tokio::spawn(task::run(document, ports, self.shared.settings, mail, retire));
        let allowance = Allowance::of_document(&self.shared.unrecorded);
        RoomHandle { generation, mailbox, control, allowance }
    }
}

impl Shared {
    fn with_rooms<T>(&self, act: impl FnOnce(&mut Rooms) -> T) -> T {
        act(&mut self.rooms.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn all(&self) -> Vec<RoomHandle> {
        self.with_rooms(|rooms| rooms.open.values().cloned().collect())
    }

    fn one(&self, document: DocumentId) -> Option<RoomHandle> {
        self.with_rooms(|rooms| rooms.open.get(&document).cloned())
    }
}

impl Retire {
    /// Takes the room out of the list if `nothing_waits`, asked while nobody can look the room up.
    pub(crate) fn when(&self, nothing_waits: impl FnOnce() -> bool) -> bool {
        let Some(shared) = self.shared.upgrade() else { return true };
        shared.with_rooms(|rooms| {
            let retires = nothing_waits();
            if retires {
                rooms.remove(self.document, self.generation);
            }
            retires
        })
    }

    /// Takes the room out of the list whatever waits: its senders see that it is gone and try again.
    pub(crate) fn now(&self) {
        self.when(|| true);
    }
}

impl Rooms {
    fn remove(&mut self, document: DocumentId, generation: u64) {
        if self.open.get(&document).is_some_and(|room| room.generation == generation) {
            self.open.remove(&document);
        }
    }
}
