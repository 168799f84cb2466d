use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use sticky_domain::port::StoreError;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::connect::ROWS_AHEAD;
use super::pen::Pen;
use crate::failure::store_error;

/// The connection that writes. The lock is fair: whoever waits is next, so neither lane waits behind the other's queue.
pub(super) type Writer = Arc<Mutex<Pen>>;

/// Where reads happen.
#[derive(Clone)]
pub(crate) enum Readers {
    Pool(SqlitePool),
    /// A database in memory lives in its one connection.
    Shared(Writer),
}

/// A connection to read on.
pub(crate) enum Reader {
    Pooled(PoolConnection<Sqlite>),
    Shared(OwnedMutexGuard<Pen>),
}

impl Readers {
    pub(crate) async fn get(&self) -> Result<Reader, StoreError> {
        match self {
            Self::Pool(pool) => pool.acquire().await.map(Reader::Pooled).map_err(store_error),
            Self::Shared(writer) => Ok(Reader::Shared(Arc::clone(writer).lock_owned().await)),
        }
    }
}

/// Takes rows as they come, but all that are there at once: when they are taken one by one, the thread that reads them is
/// woken for each.
pub(super) fn many_at_once(
    rows: BoxStream<'_, Result<SqliteRow, sqlx::Error>>,
) -> impl Stream<Item = Result<SqliteRow, sqlx::Error>> + Unpin {
    rows.ready_chunks(ROWS_AHEAD).flat_map(stream::iter)
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Shared(connection) => connection,
        }
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Shared(connection) => connection,
        }
    }
}
