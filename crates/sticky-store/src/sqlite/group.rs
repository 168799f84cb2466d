use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::port::StoreError;

use super::readers::Writer;
use crate::control::{Committer, Group, Left, Queued};
use crate::failure::store_error;
use crate::query::query;

type Job = Box<dyn Queued<SqliteConnection>>;

/// Commits on the connection that all writes share.
pub(super) struct ControlCommitter(pub(super) Writer);

#[async_trait]
impl Committer for ControlCommitter {
    type Connection = SqliteConnection;

    async fn commit(&mut self, jobs: &mut [Job]) -> Group {
        let mut connection = self.0.lock().await;
        let committed = commit(&mut connection, jobs).await;
        Group { size: jobs.len(), committed }
    }
}

/// Runs the jobs in one transaction; returns the control lane's newest position among them, 0 for none.
async fn commit(connection: &mut SqliteConnection, jobs: &mut [Job]) -> Result<u64, StoreError> {
    let committed = try_commit(connection, jobs).await;
    if committed.is_err() {
        rollback(connection).await;
    }
    committed
}

async fn try_commit(
    connection: &mut SqliteConnection,
    jobs: &mut [Job],
) -> Result<u64, StoreError> {
    execute(connection, "begin immediate").await?;
    let position = match jobs {
        [job] => match job.run(connection).await {
            Left::Rows(position) => position.unwrap_or(0),
            Left::Nothing => return rolled_back(connection).await,
        },
        jobs => run_apart(connection, jobs).await?,
    };
    execute(connection, "commit").await?;
    Ok(position)
}

/// Each job behind its own savepoint, so that one that fails takes nothing of the others with it.
async fn run_apart(connection: &mut SqliteConnection, jobs: &mut [Job]) -> Result<u64, StoreError> {
    let mut newest = 0;
    for job in jobs {
        execute(connection, "savepoint job").await?;
        match job.run(connection).await {
            Left::Rows(position) => newest = newest.max(position.unwrap_or(0)),
            Left::Nothing => execute(connection, "rollback to job").await?,
        }
        execute(connection, "release job").await?;
    }
    Ok(newest)
}

async fn rolled_back(connection: &mut SqliteConnection) -> Result<u64, StoreError> {
    rollback(connection).await;
    Ok(0)
}

/// Leaves no transaction behind. A full disk has ended it already.
async fn rollback(connection: &mut SqliteConnection) {
    if let Err(error) = execute(connection, "rollback").await {
        tracing::debug!(%error, "nothing to roll back");
    }
}

async fn execute(connection: &mut SqliteConnection, text: &'static str) -> Result<(), StoreError> {
    query(text).execute(connection).await.map(drop).map_err(store_error)
}
