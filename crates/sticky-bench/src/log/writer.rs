use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use sticky_domain::event::{Actor, Fact, Via};
use sticky_domain::id::{DocumentId, PrincipalId, ProjectId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{Append, EventStore as _, Expected, NewUpdate};
use sticky_domain::stream::StreamId;
use sticky_store::{DatabaseUrl, Store};
use uuid::Uuid;

use crate::error::BenchError;
use crate::now::Now;
use crate::splitmix::SplitMix;

/// About what a keystroke is.
pub(super) const PAYLOAD: [u8; 30] = [7; 30];
const WRITER: PrincipalId = PrincipalId(Uuid::from_u128(1));

pub(super) async fn open(url: &str) -> Result<Store, BenchError> {
    let url: DatabaseUrl = url.parse().map_err(BenchError::broken)?;
    Store::open(&url, Arc::new(Now)).await.map_err(BenchError::broken)
}

/// A note to write to.
pub(super) async fn note(store: &Store) -> Result<DocumentId, BenchError> {
    let document = DocumentId(id());
    let project = ProjectId(Uuid::from_u128(2));
    let created = Append {
        stream: StreamId::document(document),
        expected: Expected::Seq(0),
        facts: vec![Fact::DocumentCreated { project, title: None }],
        actor: actor(),
        op: OpKey(id().into_bytes()),
        fence: Vec::new(),
    };
    store.append(created).await.map_err(BenchError::broken)?;
    Ok(document)
}

pub(super) fn update() -> NewUpdate {
    let op = OpKey(id().into_bytes());
    NewUpdate { actor: actor(), op, fence: Vec::new(), bytes: Bytes::from_static(&PAYLOAD) }
}

/// Records updates; returns when all are durable.
pub(super) async fn record(
    store: &Store,
    note: DocumentId,
    updates: Vec<NewUpdate>,
) -> Result<(), BenchError> {
    for answer in store.record(note, updates).await {
        answer.map_err(BenchError::broken)?;
    }
    Ok(())
}

/// As scattered as the hashes that stand in their place otherwise.
fn id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut random = SplitMix::new(NEXT.fetch_add(1, Ordering::Relaxed));
    Uuid::from_u64_pair(random.number(), random.number())
}

const fn actor() -> Actor {
    Actor { principal: WRITER, via: Via::Direct, correlation: None }
}
