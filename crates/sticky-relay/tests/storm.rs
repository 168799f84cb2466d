//! Everyone opens the same note at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures::future::join_all;
use sticky_domain::access::{Caller, Claim, Level, Presence, Right};
use sticky_domain::event::{Actor, Fact, Via};
use sticky_domain::id::{DocumentId, PrincipalId, ProjectId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{
    Append, Clock, EventStore as _, Expected, Ids, Loaded, Snapshot, Snapshots, StoreError,
};
use sticky_domain::stream::StreamId;
use sticky_domain::time::Timestamp;
use sticky_relay::{Relay, RelayPorts, Seat, Settings};
use sticky_store::{DatabaseUrl, Store};
use tokio::sync::Semaphore;
use uuid::Uuid;

const PEOPLE: u64 = 500;
const NOTE: DocumentId = DocumentId(Uuid::from_u128(1));
const PROJECT: ProjectId = ProjectId(Uuid::from_u128(2));

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
}

#[derive(Default)]
struct Counted(AtomicU64);

impl Ids for Counted {
    fn id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }

    fn secret(&self) -> [u8; 32] {
        [7; 32]
    }
}

/// Loads as the store does, once it is let through, and the first time not at all.
struct Slow {
    store: Arc<Store>,
    gate: Semaphore,
    loads: AtomicUsize,
    fails_first: bool,
}

#[async_trait]
impl Snapshots for Slow {
    async fn load(
        &self,
        document: DocumentId,
        below: Option<u64>,
        upto: Option<u64>,
    ) -> Result<Loaded, StoreError> {
        let nth = self.loads.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        if self.fails_first && nth == 0 {
            return Err(StoreError::Unavailable("for once".to_owned()));
        }
        self.store.load(document, below, upto).await
    }

    async fn save(&self, document: DocumentId, snapshot: Snapshot) -> Result<(), StoreError> {
        self.store.save(document, snapshot).await
    }
}

fn seat(nth: u64) -> Seat {
    let principal = PrincipalId(Uuid::from_u128(u128::from(nth) + 100));
    let right = Right {
        level: Level::Editor,
        project: PROJECT,
        principal,
        root: principal.into(),
        name: format!("{nth}"),
        via: Via::Direct,
        fence: Vec::new(),
        until: None,
        presence: Presence::Live,
    };
    let caller = Caller::new(PROJECT, vec![Claim::Principal(principal)]);
    Seat { caller, right, title: String::new(), extended: true }
}

/// How often the note is loaded when all come at once, and how many come in.
async fn storm(fails_first: bool) -> (usize, usize) {
    let store = Arc::new(Store::open(&DatabaseUrl::Memory, Arc::new(Still)).await.unwrap());
    let principal = PrincipalId(Uuid::from_u128(3));
    let created = Append {
        stream: StreamId::document(NOTE),
        expected: Expected::Seq(0),
        facts: vec![Fact::DocumentCreated { project: PROJECT, title: None }],
        actor: Actor { principal, via: Via::Direct, correlation: None },
        op: OpKey([0; 16]),
        fence: Vec::new(),
    };
    store.append(created).await.unwrap();
    let (gate, loads) = (Semaphore::new(0), AtomicUsize::new(0));
    let slow = Arc::new(Slow { store: store.clone(), gate, loads, fails_first });
    let ports = RelayPorts {
        events: store.clone(),
        snapshots: slow.clone(),
        access: store,
        clock: Arc::new(Still),
        ids: Arc::new(Counted::default()),
    };
    let relay = Relay::start(ports, Settings::default());
    let people = join_all((0..PEOPLE).map(|nth| relay.connect(NOTE, seat(nth))));
    let opener = async {
        while slow.loads.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        slow.gate.add_permits(PEOPLE as usize);
    };
    let (connections, ()) = tokio::join!(people, opener);
    assert_eq!(relay.stats().rooms, 1);
    (slow.loads.load(Ordering::SeqCst), connections.iter().filter(|it| it.is_ok()).count())
}

#[tokio::test]
async fn a_note_that_all_open_at_once_is_loaded_once() {
    assert_eq!(storm(false).await, (1, PEOPLE as usize));
}

#[tokio::test]
async fn when_the_load_fails_it_is_tried_again_once_for_all() {
    assert_eq!(storm(true).await, (2, PEOPLE as usize));
}
