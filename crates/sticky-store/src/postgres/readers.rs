use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sticky_domain::port::StoreError;

use super::PostgresUrl;
use crate::failure::store_error;

/// Reads that run at the same time.
const READERS: u32 = 8;
/// How long a read waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// The longest that the server works on a read. After that, one without an answer will have none.
const STATEMENT: Duration = Duration::from_secs(10);

/// Where reads happen: connections that cannot write, looked at before use, so that a restarted server is met again.
pub(super) struct Readers(PgPool);

impl Readers {
    pub(super) fn new(url: &PostgresUrl) -> Self {
        let options = url
            .options()
            .options([("default_transaction_read_only", "on".to_owned())])
            .options([("statement_timeout", format!("{}s", STATEMENT.as_secs()))]);
        Self(
            PgPoolOptions::new()
                .max_connections(READERS)
                .acquire_timeout(ACQUIRE)
                .connect_lazy_with(options),
        )
    }

    pub(super) async fn get(&self) -> Result<Reader, StoreError> {
        let connection = self.0.acquire().await.map_err(store_error)?;
        Ok(Reader { connection: Some(connection), since: Instant::now() })
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}

/// A connection to read on, for one request.
pub(crate) struct Reader {
    /// Until the reader is dropped.
    connection: Option<PoolConnection<Postgres>>,
    since: Instant,
}

const THERE: &str = "the connection is there until its reader is dropped";

impl Deref for Reader {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection.as_deref().expect(THERE)
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_deref_mut().expect(THERE)
    }
}

impl Drop for Reader {
    /// A connection on which nothing comes back must not go back either: the pool would wait for it.
    fn drop(&mut self) {
        let connection = self.connection.take().expect(THERE);
        if self.since.elapsed() > STATEMENT {
            drop(connection.detach());
        }
    }
}
