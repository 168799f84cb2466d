//! Updates into a commit: one hop to the database's thread that begins and reads, one that writes and commits.

mod statements;

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::port::{Clock, StoreError};
use sticky_domain::time::Timestamp;

use super::readers::Writer;
use crate::content::{Batch, Committed, Recorder, Verdicts};
use statements::Statements;

/// Records on the connection that all writes share.
pub(super) struct ContentRecorder {
    writer: Writer,
    statements: Statements,
}

impl ContentRecorder {
    pub(super) fn new(writer: Writer) -> Self {
        Self { writer, statements: Statements::default() }
    }
}

#[async_trait]
impl Recorder for ContentRecorder {
    /// Reads, decides and writes in one transaction: a bad update is refused before it can spoil the others' statement.
    async fn commit(&mut self, batch: &Batch, clock: &dyn Clock) -> Result<Committed, StoreError> {
        let mut connection = self.writer.lock().await;
        let statements = &mut self.statements;
        let committed = try_commit(batch, &mut connection, statements, clock.now()).await;
        if committed.is_err() {
            statements.rollback(&mut connection).await;
        }
        let verdicts = committed?;
        Ok(Committed { position: verdicts.position(), answers: verdicts.into_answers() })
    }
}

async fn try_commit(
    batch: &Batch,
    connection: &mut SqliteConnection,
    statements: &mut Statements,
    now: Timestamp,
) -> Result<Verdicts, StoreError> {
    let standing = statements.begin_and_read(connection, &batch.question()).await?;
    let verdicts = batch.judge(standing, now);
    if verdicts.records().is_empty() {
        statements.rollback(connection).await;
    } else {
        statements.write_and_commit(connection, &verdicts, now).await?;
    }
    Ok(verdicts)
}
