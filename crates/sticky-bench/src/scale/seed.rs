use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use sticky_domain::access::{Level, Recipient};
use sticky_domain::event::{Actor, Fact, Via};
use sticky_domain::id::{DocumentId, PrincipalId, ProjectId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{
    Append, EventStore as _, Expected, NewUpdate, NoteText, Projections as _, Target,
};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};
use sticky_domain::usecase::{NewToken, Ports, Principals};
use sticky_relay::{Relay, RelayPorts, Settings};
use sticky_store::{DatabaseUrl, Store};
use tokio::time::Instant;
use uuid::Uuid;
use yrs::{Doc, ReadTxn as _, StateVector, Text as _, Transact as _};

use super::passwords::NoPasswords;
use super::words::text;
use crate::error::BenchError;
use crate::made::Made;
use crate::now::Now;
use crate::splitmix::SplitMix;

/// The project that a server without accounts keeps its notes in.
pub(super) const PROJECT: ProjectId =
    ProjectId(Uuid::from_u128(0x57_1c4e_0000_7000_8000_0000_0000_0001));
/// Appends that wait for a commit at the same time.
const AT_ONCE: usize = 256;
/// Texts that are stored together.
const TEXTS: u64 = 128;
/// Of this many notes one is the first person's, whoever it would have been.
pub(super) const HEAVY: u64 = 5;
/// Whom each note is shared with.
const SHARED_WITH: u64 = 2;
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// How many notes and people there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) documents: u64,
    pub(super) people: u64,
    pub(super) seed: u64,
}

/// What is there now.
pub(super) struct Seeded {
    /// An access token of each of the people.
    pub(super) tokens: Vec<String>,
}

/// Fills an empty database.
pub(super) async fn seed(url: &str, shape: Shape) -> Result<Seeded, BenchError> {
    let url: DatabaseUrl =
        url.parse().map_err(|error| BenchError::Usage(format!("--database: {error}")))?;
    let store = Store::open(&url, Arc::new(Now)).await.map_err(BenchError::broken)?;
    let tokens = people(&store, shape).await?;
    documents(&store, shape).await?;
    follow(&store, shape).await?;
    store.close().await;
    Ok(Seeded { tokens })
}

async fn people(store: &Store, shape: Shape) -> Result<Vec<String>, BenchError> {
    let principals = Principals::new(ports(store, shape.seed));
    let progress = Progress::new("people", shape.people);
    let tokens = stream::iter(0..shape.people).map(|nth| {
        let (principals, progress) = (&principals, &progress);
        async move {
            let person = person(nth);
            principals
                .ensure_service(PROJECT, person, "Someone")
                .await
                .map_err(BenchError::broken)?;
            let token = principals
                .issue_token(person, NewToken::default())
                .await
                .map_err(BenchError::broken)?;
            progress.one_more();
            Ok::<_, BenchError>(token.text)
        }
    });
    tokens.buffered(AT_ONCE).try_collect().await
}

async fn documents(store: &Store, shape: Shape) -> Result<(), BenchError> {
    let progress = Progress::new("notes", shape.documents);
    stream::iter(0..shape.documents)
        .map(Ok)
        .try_for_each_concurrent(AT_ONCE, |nth| {
            let progress = &progress;
            async move {
                make(store, shape, nth).await?;
                progress.one_more();
                Ok(())
            }
        })
        .await
}

/// One note with its owner, those whom it is shared with, and its text as one update.
async fn make(store: &Store, shape: Shape, nth: u64) -> Result<(), BenchError> {
    let mut random = SplitMix::new(shape.seed ^ (nth << 20));
    let owner = person(if nth.is_multiple_of(HEAVY) { 0 } else { random.below(shape.people) });
    let actor = Actor { principal: owner, via: Via::Direct, correlation: None };
    let mut facts =
        vec![Fact::DocumentCreated { project: PROJECT, title: None }, granted(owner, Level::Owner)];
    for _ in 0..SHARED_WITH {
        let other = person(random.below(shape.people));
        if other != owner {
            facts.push(granted(other, Level::Viewer));
        }
    }
    let (document, op) = (document(nth), OpKey::of(owner, &nth.to_be_bytes()));
    let stream = StreamId::document(document);
    let append = Append { stream, expected: Expected::Seq(0), facts, actor, op, fence: Vec::new() };
    store.append(append).await.map_err(BenchError::broken)?;
    let bytes = update(&said(shape, nth)).into();
    let update = NewUpdate { actor, op, fence: Vec::new(), bytes };
    store.record(document, vec![update]).await.remove(0).map(drop).map_err(BenchError::broken)
}

/// The read models, as the server would bring them up: but the texts are known and need not be read.
async fn follow(store: &Store, shape: Shape) -> Result<(), BenchError> {
    let target = Target::live(Projection::Notes);
    for lane in [Lane::Control, Lane::Content] {
        let end = store.position(lane).await.map_err(BenchError::broken)?;
        let progress = Progress::new("folding", end);
        for projection in Projection::ALL {
            let target = Target::live(projection);
            loop {
                let step = store.advance(target, lane).await.map_err(BenchError::broken)?;
                progress.at(step.position);
                if step.events == 0 {
                    break;
                }
            }
        }
    }
    let progress = Progress::new("texts", shape.documents);
    for first in (0..shape.documents).step_by(TEXTS as usize) {
        let some = first..(first + TEXTS).min(shape.documents);
        let texts = some.map(|nth| NoteText {
            document: document(nth),
            seq: 1,
            text: Ok(said(shape, nth)),
        });
        store.save_texts(target, texts.collect()).await.map_err(BenchError::broken)?;
        progress.at(first);
    }
    Ok(())
}

fn said(shape: Shape, nth: u64) -> String {
    text(&mut SplitMix::new(shape.seed.wrapping_mul(31) ^ nth))
}

fn update(text: &str) -> Vec<u8> {
    let doc = Doc::new();
    let content = doc.get_or_insert_text("content");
    content.push(&mut doc.transact_mut(), text);
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

fn granted(to: PrincipalId, level: Level) -> Fact {
    Fact::PermissionGranted { recipient: Recipient::Principal(to), level, replaces: None }
}

pub(super) fn person(nth: u64) -> PrincipalId {
    PrincipalId(Uuid::from_u128((0xa << 96) | u128::from(nth)))
}

/// In the order of their making, as real ids are.
pub(super) fn document(nth: u64) -> DocumentId {
    DocumentId(Uuid::from_u128((0xd << 96) | u128::from(nth)))
}

fn ports(store: &Store, seed: u64) -> Ports {
    let (store, ids) = (Arc::new(store.clone()), Arc::new(Made::new(SplitMix::new(seed))));
    let relay = Relay::start(
        RelayPorts {
            events: store.clone(),
            snapshots: store.clone(),
            access: store.clone(),
            clock: Arc::new(Now),
            ids: ids.clone(),
        },
        Settings::default(),
    );
    Ports {
        events: store.clone(),
        read: store.clone(),
        lists: store.clone(),
        directory: store.clone(),
        access: store.clone(),
        glance: store.clone(),
        sessions: store.clone(),
        accounts: store.clone(),
        audit: store,
        passwords: Arc::new(NoPasswords),
        reader: Arc::new(relay.clone()),
        writer: Arc::new(relay),
        clock: Arc::new(Now),
        ids,
    }
}

/// A line now and then that says how far it is.
struct Progress {
    what: &'static str,
    of: u64,
    done: Mutex<(u64, Instant)>,
}

impl Progress {
    fn new(what: &'static str, of: u64) -> Self {
        Self { what, of, done: Mutex::new((0, Instant::now())) }
    }

    fn one_more(&self) {
        let done = self.done.lock().expect("counting does not panic").0 + 1;
        self.at(done);
    }

    fn at(&self, now: u64) {
        let mut done = self.done.lock().expect("counting does not panic");
        done.0 = now;
        if done.1.elapsed() > BETWEEN_LINES {
            done.1 = Instant::now();
            eprintln!("  {}: {now} of {}", self.what, self.of);
        }
    }
}
