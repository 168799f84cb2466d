use async_trait::async_trait;
use sqlx::postgres::PgConnection;
use sticky_domain::port::{Clock, StoreError};

use super::line::{Attempt, Line};
use super::{misfits, statement};
use crate::content::{Batch, Committed, Recorder};

/// Records over its own connection.
pub(super) struct ContentRecorder(Line);

impl ContentRecorder {
    pub(super) const fn new(line: Line) -> Self {
        Self(line)
    }
}

#[async_trait]
impl Recorder for ContentRecorder {
    async fn commit(&mut self, batch: &Batch, clock: &dyn Clock) -> Result<Committed, StoreError> {
        self.0.run(&mut Recording { batch, clock }).await
    }
}

struct Recording<'a> {
    batch: &'a Batch,
    clock: &'a dyn Clock,
}

impl Attempt for Recording<'_> {
    type Done = Committed;

    /// One statement when all of it fits, which is nearly always; else the few that do not are found and left out.
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Committed, sqlx::Error> {
        let now = self.clock.now();
        match statement::record(connection, self.batch, now).await {
            Err(error) if does_not_fit(&error) => {
                misfits::record_the_rest(connection, self.batch, now).await
            }
            outcome => outcome,
        }
    }
}

/// An op key that is taken, a right that has lapsed, a document that does not exist, a key without a row.
fn does_not_fit(error: &sqlx::Error) -> bool {
    const UNIQUE_VIOLATION: &str = "23505";
    const MISFIT: &str = "ST001";
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some(UNIQUE_VIOLATION | MISFIT))
}
