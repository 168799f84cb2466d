//! What the core wants done, done with the ports.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use sticky_domain::access::{Caller, Presence, Right};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{NewUpdate, RecordError, Snapshot, StoreError, Turn};

use tokio::sync::Semaphore;

use super::batch::Outcome;
use super::catch_up::difference;
use super::session::SessionKey;
use super::state::{State, TailUpdate};
use super::task::Done;
use crate::compact::compact_verified;
use crate::known::Known;
use crate::relay::RelayPorts;

/// Work on more bytes than this leaves the room's task.
const INLINE_BYTES: usize = 50 << 10;
/// The pause before a failed append is tried again.
const RETRY_AFTER: Duration = Duration::from_millis(250);
/// A right that cannot be looked up for so many tries is no right: the session is closed, to be tried again.
const RECHECKS: usize = 10;
/// How much of the log is read at once.
const READ_BYTES: usize = 4 << 20;

/// Loads what is durable; a base that cannot be trusted gives way to an older one, and at last to the log itself.
pub(super) async fn load(
    document: DocumentId,
    ports: &RelayPorts,
) -> Result<(State, Known), StoreError> {
    let mut below = None;
    loop {
        let loaded = ports.snapshots.load(document, below, None).await?;
        match off_task(move || State::from_loaded(loaded), INLINE_BYTES + 1).await {
            Ok(state) => return Ok(state),
            Err(bad) => {
                tracing::error!(docId = %document, seq = bad.seq, "a snapshot does not pass the guard; an older one is used");
                below = Some(bad.seq);
            }
        }
    }
}

pub(super) async fn turn(ports: Arc<RelayPorts>) -> Done {
    Done::Turn(ports.events.turn().await)
}

/// Records a batch. An update whose right has lapsed is tried once more under the right as it is now.
pub(super) async fn record(
    document: DocumentId,
    ports: Arc<RelayPorts>,
    updates: Vec<(NewUpdate, Option<Caller>)>,
    turn: Turn,
) -> Done {
    let batch = updates.iter().map(|(update, _)| update.clone()).collect();
    let mut outcomes = ports.events.record_in(turn, document, batch).await;
    for (outcome, (update, caller)) in outcomes.iter_mut().zip(updates) {
        if let (Err(RecordError::Lapsed(_)), Some(caller)) = (&outcome, caller) {
            *outcome = record_again(document, &ports, update, &caller, outcome.clone()).await;
        }
    }
    Done::Recorded(outcomes)
}

async fn record_again(
    document: DocumentId,
    ports: &RelayPorts,
    mut update: NewUpdate,
    caller: &Caller,
    lapsed: Outcome,
) -> Outcome {
    match ports.access.right(caller, document).await? {
        Some(right) if lets_write(&right) => {
            update.actor.principal = right.principal;
            update.actor.via = right.via;
            update.fence = right.fence;
            ports.events.record(document, vec![update]).await.pop().unwrap_or(lapsed)
        }
        _ => lapsed,
    }
}

/// Whether a looked-up right still lets its holder write.
fn lets_write(right: &Right) -> bool {
    right.level.may_write() && right.presence == Presence::Live
}

pub(super) async fn pause() -> Done {
    tokio::time::sleep(RETRY_AFTER).await;
    Done::RetryNow
}

pub(super) async fn recheck(
    document: DocumentId,
    ports: Arc<RelayPorts>,
    session: SessionKey,
    caller: Caller,
) -> Done {
    for _ in 0..RECHECKS {
        match ports.access.right(&caller, document).await {
            Ok(right) => return Done::Rechecked(session, right),
            Err(error) => {
                tracing::warn!(docId = %document, %error, "a right could not be looked up")
            }
        }
        tokio::time::sleep(RETRY_AFTER).await;
    }
    Done::Unsure(session)
}

/// Goes on until it is read: a gap that was not looked up must not be believed.
pub(super) async fn read_head(document: DocumentId, ports: Arc<RelayPorts>, after: u64) -> Done {
    loop {
        match ports.events.updates(document, after, READ_BYTES).await {
            Ok(read) => return Done::HeadRead(read.updates),
            Err(StoreError::Corrupt(error)) => {
                tracing::error!(docId = %document, error, "the log's head cannot be read");
                return Done::HeadRead(Vec::new());
            }
            Err(error) => {
                tracing::warn!(docId = %document, %error, "the log's head could not be read");
                tokio::time::sleep(RETRY_AFTER).await;
            }
        }
    }
}

pub(super) async fn answer(
    session: SessionKey,
    base: Bytes,
    tail: Vec<TailUpdate>,
    vector: Bytes,
    seq: u64,
) -> Done {
    let size = base.len() + tail.iter().map(|update| update.bytes.len()).sum::<usize>();
    let answer = off_task(move || difference(&base, &tail, &vector), size).await;
    Done::Answered(session, answer, seq)
}

pub(super) async fn compact(
    document: DocumentId,
    base: Bytes,
    tail: Vec<TailUpdate>,
    seq: u64,
) -> Done {
    match off_task(move || compact_verified(&base, &tail), INLINE_BYTES + 1).await {
        Ok(compacted) => {
            if let Some(mismatch) = compacted.kept_merged {
                tracing::warn!(docId = %document, seq, %mismatch, "the base is kept uncompacted");
            }
            Done::Compacted(Some(compacted.bytes.into()), seq)
        }
        Err(error) => {
            tracing::error!(docId = %document, seq, %error, "no base could be made; the old one stays");
            Done::Compacted(None, seq)
        }
    }
}

pub(super) async fn save(document: DocumentId, ports: Arc<RelayPorts>, snapshot: Snapshot) -> Done {
    let seq = snapshot.seq;
    if let Err(error) = ports.snapshots.save(document, snapshot).await {
        tracing::warn!(docId = %document, seq, %error, "a snapshot could not be stored; the log has everything");
    }
    Done::Saved
}

/// What is done on many bytes at once: a flood of readers waits its turn instead of filling memory.
static HEAVY: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// Runs `work` here when it is about few bytes, else on a thread that may block, a few at a time.
pub(crate) async fn off_task<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    bytes: usize,
) -> T {
    if bytes <= INLINE_BYTES {
        return work();
    }
    let _permit = HEAVY.acquire().await.expect("nobody closes the semaphore");
    tokio::task::spawn_blocking(work)
        .await
        .expect("work on guarded bytes does not panic, and the runtime outlives its rooms")
}
