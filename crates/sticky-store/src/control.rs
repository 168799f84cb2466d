//! The control lane and everything else that is written but updates: jobs in one queue, many to a commit.

mod append;
mod group;

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;
use tokio::sync::{mpsc, oneshot};

use crate::readers::Writer;
use crate::tide::Tide;

pub(crate) use append::{AppendFacts, Place};

/// The most jobs in one commit.
const MAX_JOBS: usize = 64;
/// Jobs that may wait.
const QUEUE: usize = 1_024;

/// Something to write, in a transaction that it may share with others. One that fails leaves nothing behind.
#[async_trait]
pub(crate) trait Job: Send + Sync + 'static {
    type Done: Send + 'static;
    type Error: From<StoreError> + Send + 'static;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Self::Done, Self::Error>;

    /// The control lane's position after it, if it appended.
    fn position(_done: &Self::Done) -> Option<u64> {
        None
    }
}

/// Hands jobs to the one task that runs them.
#[derive(Clone)]
pub(crate) struct ControlWriter {
    queue: mpsc::Sender<Box<dyn Queued>>,
}

impl ControlWriter {
    pub(crate) fn start(writer: Writer, tide: Tide) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        tokio::spawn(run(jobs, writer, tide));
        Self { queue }
    }

    /// What the job answers, once it is durable. Goes on when the caller stops waiting.
    pub(crate) async fn submit<J: Job>(&self, job: J) -> Result<J::Done, J::Error> {
        let (reply, answer) = oneshot::channel();
        let pending = Pending { job, outcome: None, reply };
        if self.queue.send(Box::new(pending)).await.is_err() {
            return Err(stopped().into());
        }
        answer.await.unwrap_or_else(|_| Err(stopped().into()))
    }
}

async fn run(mut queue: mpsc::Receiver<Box<dyn Queued>>, writer: Writer, tide: Tide) {
    let mut jobs = Vec::new();
    while queue.recv_many(&mut jobs, MAX_JOBS).await > 0 {
        let committed = {
            let mut connection = writer.lock().await;
            group::commit(&mut connection, &mut jobs).await
        };
        if let Ok(position) = committed {
            tide.rise(Lane::Control, position);
        }
        for job in jobs.drain(..) {
            job.answer(committed.as_ref().map(drop));
        }
    }
}

/// A job with whoever waits for it.
struct Pending<J: Job> {
    job: J,
    outcome: Option<Result<J::Done, J::Error>>,
    reply: oneshot::Sender<Result<J::Done, J::Error>>,
}

/// What a job left behind.
enum Left {
    Nothing,
    /// Rows, and perhaps the lane's new position.
    Rows(Option<u64>),
}

#[async_trait]
trait Queued: Send {
    async fn run(&mut self, connection: &mut SqliteConnection) -> Left;
    fn answer(self: Box<Self>, committed: Result<(), &StoreError>);
}

#[async_trait]
impl<J: Job> Queued for Pending<J> {
    async fn run(&mut self, connection: &mut SqliteConnection) -> Left {
        let outcome = self.job.run(connection).await;
        let left = outcome.as_ref().map_or(Left::Nothing, |done| Left::Rows(J::position(done)));
        self.outcome = Some(outcome);
        left
    }

    fn answer(self: Box<Self>, committed: Result<(), &StoreError>) {
        let outcome = match (self.outcome, committed) {
            (Some(Err(refused)), _) => Err(refused),
            (_, Err(error)) => Err(error.clone().into()),
            (Some(done), Ok(())) => done,
            (None, Ok(())) => Err(stopped().into()),
        };
        // Nobody waits any more: what is written is written.
        let _ = self.reply.send(outcome);
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the store has been closed".to_owned())
}
