//! The content lane: updates of all documents, in one queue, many to a commit.

mod batch;
mod verdicts;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Clock, NewUpdate, RecordError, Recorded, StoreError};
use sticky_domain::stream::Lane;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::queue::{Queue, closed};
use crate::tide::Tide;

pub(crate) use batch::{Batch, Question};
pub(crate) use verdicts::{Known, Record, Standing, Verdicts};

/// The most updates in one commit.
const MAX_EVENTS: usize = 200;
/// No more is added to a commit that holds this much.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Under load, commits of little begin so far apart, and what comes in between shares one.
const PACE: Duration = Duration::from_millis(16);
/// Time that was not needed is saved up to this: a few commits after a pause do not wait.
const SAVED: Duration = Duration::from_millis(3 * 16);
/// From so many bytes on a commit is worth its sync.
const MUCH: usize = 1024;
/// Submissions that may wait.
const QUEUE: usize = 1_024;

pub(crate) type Answers = Vec<Result<Recorded, RecordError>>;

/// Writes batches, one commit each. Returns once it is durable.
#[async_trait]
pub(crate) trait Recorder: Send + 'static {
    async fn commit(&mut self, batch: &Batch, clock: &dyn Clock) -> Result<Committed, StoreError>;
}

/// A batch that has been committed, or refused as a whole.
pub(crate) struct Committed {
    /// The lane's position after it; 0 when that is not known.
    pub(crate) position: u64,
    /// One per update, in order.
    pub(crate) answers: Answers,
}

/// Updates of one document on their way into the log.
struct Submission {
    document: DocumentId,
    updates: Vec<NewUpdate>,
    reply: oneshot::Sender<Answers>,
}

impl Submission {
    fn bytes(&self) -> usize {
        self.updates.iter().map(|update| update.bytes.len()).sum()
    }
}

/// Hands updates to the one task that records them.
pub(crate) struct ContentWriter {
    queue: Queue<Submission>,
}

impl ContentWriter {
    pub(crate) fn start(recorder: impl Recorder, tide: Tide, clock: Arc<dyn Clock>) -> Self {
        Self { queue: Queue::start(QUEUE, |submissions| run(submissions, recorder, tide, clock)) }
    }

    /// Returns once everything that was submitted is durable or refused. Nothing more is taken.
    pub(crate) async fn close(&self) {
        self.queue.close().await;
    }

    /// One answer per update, once all are durable or refused. Goes on when the caller stops waiting.
    pub(crate) async fn record_all(
        &self,
        document: DocumentId,
        mut updates: Vec<NewUpdate>,
    ) -> Answers {
        let mut answers = Vec::with_capacity(updates.len());
        while !updates.is_empty() {
            let rest = updates.split_off(updates.len().min(MAX_EVENTS));
            answers.extend(self.record(document, updates).await);
            updates = rest;
        }
        answers
    }

    async fn record(&self, document: DocumentId, updates: Vec<NewUpdate>) -> Answers {
        let count = updates.len();
        let (reply, answers) = oneshot::channel();
        match self.queue.send(Submission { document, updates, reply }).await {
            Ok(()) => answers.await.unwrap_or_else(|_| failed(count, &closed())),
            Err(error) => failed(count, &error),
        }
    }
}

async fn run(
    mut submissions: mpsc::Receiver<Submission>,
    mut recorder: impl Recorder,
    tide: Tide,
    clock: Arc<dyn Clock>,
) {
    let mut waiting = None;
    let mut next = Instant::now();
    while let Some(batch) = next_batch(&mut submissions, &mut waiting, next).await {
        next = after(next, Instant::now());
        let committed = recorder.commit(&batch, clock.as_ref()).await;
        if let Ok(committed) = &committed {
            tide.rise(Lane::Content, committed.position);
        }
        batch.answer(committed.map(|committed| committed.answers));
    }
}

/// When the next commit is due, after one that was due at `due` begins. One that did not wait for it, because it was worth
/// its sync, puts nothing off.
fn after(due: Instant, now: Instant) -> Instant {
    due.clamp(now - SAVED, now) + PACE
}

/// All that comes before `next`, across documents, up to the size of a commit; at once when it is much.
async fn next_batch(
    submissions: &mut mpsc::Receiver<Submission>,
    waiting: &mut Option<Submission>,
    next: Instant,
) -> Option<Batch> {
    let first = match waiting.take() {
        Some(submission) => submission,
        None => submissions.recv().await?,
    };
    let mut batch = Batch::new(first);
    while let Some(submission) = one_more(submissions, &batch, next).await {
        if let Err(submission) = batch.take(submission) {
            *waiting = Some(submission);
            break;
        }
    }
    Some(batch)
}

/// What is queued, else what comes until `next`, unless the batch is worth a commit already.
async fn one_more(
    submissions: &mut mpsc::Receiver<Submission>,
    batch: &Batch,
    next: Instant,
) -> Option<Submission> {
    match submissions.try_recv() {
        Ok(submission) => Some(submission),
        Err(_) if batch.bytes() >= MUCH => None,
        Err(_) => timeout_at(next, submissions.recv()).await.ok().flatten(),
    }
}

fn failed(count: usize, error: &StoreError) -> Answers {
    vec![Err(RecordError::Store(error.clone())); count]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    /// When commits begin, in milliseconds after a pause, when there is always something to commit.
    fn beginnings(count: usize) -> Vec<u128> {
        let start = Instant::now() + HOUR;
        let (mut due, mut now) = (start - HOUR, start);
        let begin = |_| {
            now = now.max(due);
            due = after(due, now);
            (now - start).as_millis()
        };
        (0..count).map(begin).collect()
    }

    #[test]
    fn a_few_commits_after_a_pause_do_not_wait_and_the_others_keep_the_pace() {
        assert_eq!(beginnings(7), [0, 0, 0, 0, 16, 32, 48]);
    }

    #[test]
    fn commits_that_wait_for_nothing_put_nothing_off() {
        let now = Instant::now() + HOUR;
        let due = (0..1_000).fold(now, |due, _| after(due, now));
        assert_eq!(due, now + PACE);
    }
}
