//! The content lane: updates of all documents, in one queue, many to a commit.

mod batch;
mod gathering;
mod pace;
mod verdicts;

use std::sync::Arc;

use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Clock, NewUpdate, RecordError, Recorded, StoreError, Turn};
use sticky_domain::stream::Lane;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::queue::{Queue, closed};
use crate::tide::Tide;

use gathering::{Ask, Gathering};
use pace::after;

pub(crate) use batch::{Batch, Question};
pub(crate) use verdicts::{Known, Record, Standing, Verdicts};

/// The most updates in one commit.
const MAX_EVENTS: usize = 200;
/// No more is added to a commit that holds this much.
const MAX_BYTES: usize = 8 * 1024 * 1024;
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
    at_once: bool,
    reply: oneshot::Sender<Answers>,
}

impl Submission {
    fn bytes(&self) -> usize {
        self.updates.iter().map(|update| update.bytes.len()).sum()
    }
}

/// Hands updates to the one task that records them.
pub(crate) struct ContentWriter {
    queue: Queue<Ask>,
}

impl ContentWriter {
    pub(crate) fn start(recorder: impl Recorder, tide: Tide, clock: Arc<dyn Clock>) -> Self {
        Self { queue: Queue::start(QUEUE, |asks| run(asks, recorder, tide, clock)) }
    }

    /// Returns once everything that was submitted is durable or refused. Nothing more is taken.
    pub(crate) async fn close(&self) {
        self.queue.close().await;
    }

    /// Returns when the next commit is about to begin, which waits for what is recorded in this turn.
    pub(crate) async fn turn(&self) -> Turn {
        let (reply, turn) = oneshot::channel();
        match self.queue.send(Ask::Turn(reply)).await {
            Ok(()) => turn.await.unwrap_or_default(),
            Err(_) => Turn::default(),
        }
    }

    /// One answer per update, once all are durable or refused. Goes on when the caller stops waiting.
    pub(crate) async fn record_all(
        &self,
        mut turn: Turn,
        document: DocumentId,
        mut updates: Vec<NewUpdate>,
    ) -> Answers {
        let mut answers = Vec::with_capacity(updates.len());
        while !updates.is_empty() {
            let rest = updates.split_off(updates.len().min(MAX_EVENTS));
            answers.extend(self.record(std::mem::take(&mut turn), document, updates).await);
            updates = rest;
        }
        answers
    }

    async fn record(&self, turn: Turn, document: DocumentId, updates: Vec<NewUpdate>) -> Answers {
        let count = updates.len();
        let (reply, answers) = oneshot::channel();
        let at_once = matches!(turn, Turn::Now);
        let submission = Submission { document, updates, at_once, reply };
        let sent = self.queue.send(Ask::Record(submission)).await;
        drop(turn);
        match sent {
            Ok(()) => answers.await.unwrap_or_else(|_| failed(count, &closed())),
            Err(error) => failed(count, &error),
        }
    }
}

async fn run(
    asks: mpsc::Receiver<Ask>,
    mut recorder: impl Recorder,
    tide: Tide,
    clock: Arc<dyn Clock>,
) {
    let mut gathering = Gathering::new(asks);
    let mut due = Instant::now();
    while let Some(batch) = gathering.next(due).await {
        due = after(due, Instant::now());
        let committed = recorder.commit(&batch, clock.as_ref()).await;
        if let Ok(committed) = &committed {
            tide.rise(Lane::Content, committed.position);
        }
        batch.answer(committed.map(|committed| committed.answers));
    }
}

fn failed(count: usize, error: &StoreError) -> Answers {
    vec![Err(RecordError::Store(error.clone())); count]
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::future::join_all;
    use sticky_domain::event::{Actor, Via};
    use sticky_domain::id::PrincipalId;
    use sticky_domain::op_key::OpKey;
    use sticky_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp(0)
        }
    }

    /// Takes everything, and tells how many updates each commit had.
    struct Counting(mpsc::UnboundedSender<usize>);

    #[async_trait]
    impl Recorder for Counting {
        async fn commit(&mut self, batch: &Batch, _: &dyn Clock) -> Result<Committed, StoreError> {
            let count = batch.updates().count();
            self.0.send(count).unwrap();
            // A commit takes time, in which others go on.
            tokio::task::yield_now().await;
            let answers = (1..=count as u64).map(|seq| Ok(Recorded { seq, repeated: false }));
            Ok(Committed { position: 0, answers: answers.collect() })
        }
    }

    fn writer() -> (ContentWriter, mpsc::UnboundedReceiver<usize>) {
        let (counts, counted) = mpsc::unbounded_channel();
        (ContentWriter::start(Counting(counts), Tide::new(), Arc::new(Still)), counted)
    }

    fn update(number: u8) -> NewUpdate {
        let actor =
            Actor { principal: PrincipalId(Uuid::nil()), via: Via::Direct, correlation: None };
        let bytes = Bytes::from_static(b"a");
        NewUpdate { actor, op: OpKey([number; 16]), fence: Vec::new(), bytes }
    }

    async fn record(writer: &ContentWriter, turn: Turn, number: u8) {
        let document = DocumentId(Uuid::from_u128(number.into()));
        writer.record_all(turn, document, vec![update(number)]).await.remove(0).unwrap();
    }

    #[tokio::test]
    async fn all_whose_turn_it_is_share_a_commit_however_long_they_take_to_gather() {
        let (writer, mut counted) = writer();
        let gather = async |number: u8| {
            let turn = writer.turn().await;
            for _ in 0..number {
                tokio::task::yield_now().await;
            }
            record(&writer, turn, number).await;
        };
        join_all((0..20).map(gather)).await;
        assert_eq!(counted.recv().await, Some(20));
    }

    #[tokio::test]
    async fn who_does_not_use_their_turn_keeps_nobody_waiting() {
        let (writer, mut counted) = writer();
        let (unused, dropped) = (writer.turn().await, writer.turn().await);
        drop(dropped);
        let turn = writer.turn().await;
        record(&writer, turn, 1).await;
        assert_eq!(counted.recv().await, Some(1));
        drop(unused);
        record(&writer, Turn::default(), 2).await;
        assert_eq!(counted.recv().await, Some(1));
    }

    #[tokio::test]
    async fn a_turn_comes_however_much_is_recorded_without_one() {
        let (writer, counted) = writer();
        let turn = async {
            writer.turn().await;
            counted.len()
        };
        let document = DocumentId(Uuid::nil());
        let full = || writer.record_all(Turn::Now, document, vec![update(0); MAX_EVENTS]);
        let flood = join_all((0..5).map(|_| full()));
        let (commits, _) = tokio::join!(turn, flood);
        assert_eq!(commits, 1, "of five, all of them full");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_worth_a_commit_does_not_wait_for_it() {
        let (writer, _counted) = writer();
        let begun = Instant::now();
        for number in 0..8 {
            record(&writer, Turn::Soon, number).await;
        }
        let waited = Instant::now();
        assert!(waited > begun, "what is saved up is used up");
        record(&writer, Turn::Now, 8).await;
        assert_eq!(Instant::now(), waited);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_turn_once_it_is_closed() {
        let (writer, _) = writer();
        writer.close().await;
        writer.turn().await;
    }
}
