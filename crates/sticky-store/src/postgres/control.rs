//! Jobs into a commit on the control lane.

use async_trait::async_trait;
use sqlx::Executor as _;
use sqlx::postgres::PgConnection;

use super::line::{Attempt, Line};
use crate::control::{Committer, Group, Left, Queued};

type Job = Box<dyn Queued<PgConnection>>;

/// Commits over its own connection.
pub(super) struct ControlCommitter {
    line: Line,
    begin: &'static str,
}

impl ControlCommitter {
    /// For jobs that append: the lane first of all, so that whoever holds anything holds it, and nobody waits in a circle.
    pub(super) const fn of_lane(line: Line) -> Self {
        Self { line, begin: "begin; select floor from lane where lane = 0 for update" }
    }

    /// For jobs that no append waits for.
    pub(super) const fn free(line: Line) -> Self {
        Self { line, begin: "begin" }
    }
}

#[async_trait]
impl Committer for ControlCommitter {
    type Connection = PgConnection;

    async fn commit(&mut self, jobs: &mut [Job]) -> Group {
        let size = in_one_commit(jobs);
        let mut running = Running { jobs: &mut jobs[..size], begin: self.begin };
        let committed = self.line.run(&mut running).await;
        Group { size, committed }
    }
}

/// One that lessens a right is the last of its commit: writers of content wait for the key that it holds, and must never
/// be waited for by the same transaction.
fn in_one_commit(jobs: &[Job]) -> usize {
    jobs.iter().position(|job| job.lessens()).map_or(jobs.len(), |lessening| lessening + 1)
}

struct Running<'a> {
    jobs: &'a mut [Job],
    begin: &'static str,
}

impl Attempt for Running<'_> {
    type Done = u64;

    async fn run(&mut self, connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
        connection.execute(self.begin).await?;
        let position = match &mut *self.jobs {
            [job] => match job.run(connection).await {
                Left::Rows(position) => position.unwrap_or(0),
                Left::Nothing => return rolled_back(connection).await,
            },
            _ => self.run_apart(connection).await?,
        };
        connection.execute("commit").await?;
        Ok(position)
    }
}

async fn rolled_back(connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    connection.execute("rollback").await?;
    Ok(0)
}

impl Running<'_> {
    /// Each job behind its own savepoint, so that one that fails takes nothing of the others with it.
    async fn run_apart(&mut self, connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
        let mut newest = 0;
        for job in &mut *self.jobs {
            connection.execute("savepoint job").await?;
            match job.run(connection).await {
                Left::Rows(position) => newest = newest.max(position.unwrap_or(0)),
                Left::Nothing => {
                    connection.execute("rollback to job").await?;
                }
            }
            connection.execute("release job").await?;
        }
        Ok(newest)
    }
}
