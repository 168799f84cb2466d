use std::time::Instant;

use bytes::Bytes;
use serde_json::{Value, json};
use sticky_domain::id::{DocumentId, RootId};
use sticky_domain::port::{EventStore as _, Snapshot, Snapshots as _};
use sticky_domain::stream::Lane;
use sticky_store::Store;
use uuid::Uuid;

use super::raw;
use super::writer::{note, open, record, update};
use crate::error::BenchError;
use crate::report::median;

/// Updates of the short history.
const SHORT: u64 = 10_000;
/// Updates that are sent to the store at once.
const CHUNK: u64 = 2_000;
/// Updates behind the snapshot: as many as a room lets come before it makes another.
const TAIL: u64 = 200;
/// What a note of 100,000 characters is compacted to.
const BODY: usize = 200_000;
/// Bytes of a note that a rebuild reads at once.
const PAGE: usize = 1 << 20;
/// Events of the lane that are read at once.
const EVENTS: usize = 10_000;
const ROUNDS: usize = 5;

/// A long history: its room on the disk, reading it whole, and loading notes with and without a snapshot.
///
/// # Errors
/// When the database fails.
pub async fn history(url: &str, edits: u64) -> Result<Value, BenchError> {
    let store = open(url).await?;
    let empty = raw::bytes_of_log(url).await?;
    let short = filled(&store, SHORT).await?;
    let long = filled(&store, edits).await?;
    let grown = raw::bytes_of_log(url).await? - empty;
    let replay = best(async || replay(&store, [(short, SHORT), (long, edits)]).await).await?;
    let follow = best(async || follow(&store, SHORT + edits).await).await?;
    let found = json!({
        "bytes_per_event": grown as f64 / (SHORT + edits) as f64,
        "replay": replay,
        "follow": follow,
        "short": load(&store, short).await?,
        "long": load(&store, long).await?,
        "short_by_snapshot": load_by_snapshot(&store, short, SHORT).await?,
        "long_by_snapshot": load_by_snapshot(&store, long, edits).await?,
    });
    store.close().await;
    Ok(found)
}

async fn filled(store: &Store, events: u64) -> Result<DocumentId, BenchError> {
    let note = note(store).await?;
    let mut left = events;
    while left > 0 {
        let count = left.min(CHUNK);
        record(store, note, (0..count).map(|_| update()).collect()).await?;
        left -= count;
    }
    Ok(note)
}

/// Events a second, as a rebuild reads them: the updates of each note from its first one.
async fn replay(store: &Store, notes: [(DocumentId, u64); 2]) -> Result<f64, BenchError> {
    let (start, mut events) = (Instant::now(), 0);
    for (note, head) in notes {
        let mut read = 0;
        while read < head {
            let page = store.updates(note, read, PAGE).await.map_err(BenchError::broken)?.updates;
            events += page.len();
            read = page.last().map(|last| last.seq).ok_or_else(|| BenchError::broken("a gap"))?;
        }
    }
    Ok(events as f64 / start.elapsed().as_secs_f64())
}

/// The same along the lane, as someone does who follows all notes.
async fn follow(store: &Store, events: u64) -> Result<f64, BenchError> {
    let (start, mut position) = (Instant::now(), 0);
    while position < events {
        let page = store.lane(Lane::Content, position, EVENTS).await.map_err(BenchError::broken)?;
        let last = page.last().ok_or_else(|| BenchError::broken("the lane ends too early"))?;
        position = last.position;
    }
    Ok(events as f64 / start.elapsed().as_secs_f64())
}

async fn best(measure: impl AsyncFn() -> Result<f64, BenchError>) -> Result<f64, BenchError> {
    let mut best: f64 = 0.0;
    for _ in 0..ROUNDS {
        best = best.max(measure().await?);
    }
    Ok(best)
}

async fn load_by_snapshot(store: &Store, note: DocumentId, head: u64) -> Result<f64, BenchError> {
    let owners = vec![(7, RootId(Uuid::from_u128(1)))];
    let snapshot = Snapshot { seq: head - TAIL, body: Bytes::from(vec![7; BODY]), owners };
    store.save(note, snapshot).await.map_err(BenchError::broken)?;
    load(store, note).await
}

/// In milliseconds.
async fn load(store: &Store, note: DocumentId) -> Result<f64, BenchError> {
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let loaded = store.load(note, None, None).await.map_err(BenchError::broken)?;
        took.push(start.elapsed().as_secs_f64() * 1e3);
        let whole = loaded.tail.last().map(|update| update.seq) == Some(loaded.head);
        if !whole {
            return Err(BenchError::broken("the tail is not whole"));
        }
    }
    Ok(median(took))
}
