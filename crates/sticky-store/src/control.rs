//! The control lane and everything else that is written but updates: jobs in one queue, many to a commit.

mod checks;
mod place;

use async_trait::async_trait;
use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;
use tokio::sync::{mpsc, oneshot};

use crate::queue::{Queue, closed};
use crate::tide::Tide;

pub(crate) use checks::check;
pub(crate) use place::{Place, check_expected, nth_op, repeated};

/// The most jobs in one commit.
const MAX_JOBS: usize = 64;
/// Jobs that may wait.
const QUEUE: usize = 1_024;

/// Something to write, in a transaction that it may share with others. One that fails leaves nothing behind.
#[async_trait]
pub(crate) trait Job<C>: Send + Sync + 'static {
    type Done: Send + 'static;
    type Error: From<StoreError> + Send + 'static;

    async fn run(&self, connection: &mut C) -> Result<Self::Done, Self::Error>;

    /// Whether it may raise the version of a key that rights rest on.
    fn lessens(&self) -> bool {
        false
    }

    /// The control lane's position after it, if it appended.
    fn position(_done: &Self::Done) -> Option<u64> {
        None
    }
}

/// Runs jobs, many to a commit. Returns once it is durable.
#[async_trait]
pub(crate) trait Committer: Send + 'static {
    type Connection: Send + 'static;

    /// Runs the jobs, or as many of the first as belong into one commit; says how many, and the control lane's newest
    /// position among them, 0 for none.
    async fn commit(&mut self, jobs: &mut [Box<dyn Queued<Self::Connection>>]) -> Group;
}

/// What became of a commit of jobs.
pub(crate) struct Group {
    pub(crate) size: usize,
    pub(crate) committed: Result<u64, StoreError>,
}

/// Hands jobs to the one task that runs them.
pub(crate) struct ControlWriter<C> {
    queue: Queue<Box<dyn Queued<C>>>,
}

impl<C: Send + 'static> ControlWriter<C> {
    pub(crate) fn start(committer: impl Committer<Connection = C>, tide: Tide) -> Self {
        Self { queue: Queue::start(QUEUE, |jobs| run(jobs, committer, tide)) }
    }

    /// Returns once every job that was submitted is durable or has failed. Nothing more is taken.
    pub(crate) async fn close(&self) {
        self.queue.close().await;
    }

    /// What the job answers, once it is durable. Goes on when the caller stops waiting.
    pub(crate) async fn submit<J: Job<C>>(&self, job: J) -> Result<J::Done, J::Error> {
        let (reply, answer) = oneshot::channel();
        let pending = Pending { job, outcome: None, reply };
        self.queue.send(Box::new(pending)).await?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }
}

async fn run<C: Committer>(
    mut queue: mpsc::Receiver<Box<dyn Queued<C::Connection>>>,
    mut committer: C,
    tide: Tide,
) {
    let mut jobs = Vec::new();
    while queue.recv_many(&mut jobs, MAX_JOBS).await > 0 {
        while !jobs.is_empty() {
            let Group { size, committed } = committer.commit(&mut jobs).await;
            if let Ok(position) = committed {
                tide.rise(Lane::Control, position);
            }
            for job in jobs.drain(..size) {
                job.answer(committed.as_ref().map(drop));
            }
        }
    }
}

/// A job with whoever waits for it.
struct Pending<C, J: Job<C>> {
    job: J,
    outcome: Option<Result<J::Done, J::Error>>,
    reply: oneshot::Sender<Result<J::Done, J::Error>>,
}

/// What a job left behind.
pub(crate) enum Left {
    Nothing,
    /// Rows, and perhaps the lane's new position.
    Rows(Option<u64>),
}

#[async_trait]
pub(crate) trait Queued<C>: Send {
    fn lessens(&self) -> bool;
    async fn run(&mut self, connection: &mut C) -> Left;
    fn answer(self: Box<Self>, committed: Result<(), &StoreError>);
}

#[async_trait]
impl<C: Send + 'static, J: Job<C>> Queued<C> for Pending<C, J> {
    fn lessens(&self) -> bool {
        self.job.lessens()
    }

    async fn run(&mut self, connection: &mut C) -> Left {
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
            (None, Ok(())) => Err(closed().into()),
        };
        // Nobody waits any more: what is written is written.
        let _ = self.reply.send(outcome);
    }
}
