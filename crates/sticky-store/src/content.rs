//! The content lane: updates of all documents, in one queue, many to a commit.

mod batch;
mod statements;
mod verdicts;

use std::sync::Arc;

use sticky_domain::id::DocumentId;
use sticky_domain::port::{Clock, NewUpdate, RecordError, Recorded, StoreError};
use sticky_domain::stream::Lane;
use tokio::sync::{mpsc, oneshot};

use crate::readers::Writer;
use crate::tide::Tide;
use batch::Batch;
use statements::Statements;

/// The most updates in one commit.
pub(crate) const MAX_EVENTS: usize = 200;
/// No more is added to a commit that holds this much.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Submissions that may wait.
const QUEUE: usize = 1_024;

type Answers = Vec<Result<Recorded, RecordError>>;

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
#[derive(Clone)]
pub(crate) struct ContentWriter {
    queue: mpsc::Sender<Submission>,
}

impl ContentWriter {
    pub(crate) fn start(writer: Writer, tide: Tide, clock: Arc<dyn Clock>) -> Self {
        let (queue, submissions) = mpsc::channel(QUEUE);
        tokio::spawn(run(submissions, writer, tide, clock));
        Self { queue }
    }

    /// One answer per update, once all are durable or refused. Goes on when the caller stops waiting.
    pub(crate) async fn record(&self, document: DocumentId, updates: Vec<NewUpdate>) -> Answers {
        let count = updates.len();
        let (reply, answers) = oneshot::channel();
        if self.queue.send(Submission { document, updates, reply }).await.is_err() {
            return failed(count, &stopped());
        }
        answers.await.unwrap_or_else(|_| failed(count, &stopped()))
    }
}

async fn run(
    mut submissions: mpsc::Receiver<Submission>,
    writer: Writer,
    tide: Tide,
    clock: Arc<dyn Clock>,
) {
    let mut statements = Statements::default();
    let mut waiting = None;
    while let Some(batch) = next_batch(&mut submissions, &mut waiting).await {
        let committed = {
            let mut connection = writer.lock().await;
            batch.commit(&mut connection, &mut statements, clock.now()).await
        };
        if let Ok(verdicts) = &committed {
            tide.rise(Lane::Content, verdicts.position());
        }
        batch.answer(committed);
    }
}

/// All that is queued, across documents, up to the size of a commit.
async fn next_batch(
    submissions: &mut mpsc::Receiver<Submission>,
    waiting: &mut Option<Submission>,
) -> Option<Batch> {
    let first = match waiting.take() {
        Some(submission) => submission,
        None => submissions.recv().await?,
    };
    let mut batch = Batch::new(first);
    while let Ok(next) = submissions.try_recv() {
        if let Err(next) = batch.take(next) {
            *waiting = Some(next);
            break;
        }
    }
    Some(batch)
}

fn failed(count: usize, error: &StoreError) -> Answers {
    vec![Err(RecordError::Store(error.clone())); count]
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the store has been closed".to_owned())
}
