//! The floor of the log: one row a transaction on one connection, by SQL alone.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use crate::error::BenchError;

const ON_SQLITE: &str = "create table raw (stream integer, seq integer, at integer, payload blob)";
const ON_POSTGRES: &str = "create table raw (stream bigint, seq bigint, at bigint, payload bytea)";
const INSERT: &str = "insert into raw (stream, seq, at, payload) values ($1, $2, $3, $4)";

/// How long each `INSERT` took, for `time`.
pub(super) async fn inserts(
    url: &str,
    time: Duration,
    payload: &[u8],
) -> Result<Vec<Duration>, BenchError> {
    let took = match url.strip_prefix("sqlite://") {
        Some(path) => on_sqlite(path, time, payload).await,
        None => on_postgres(url, time, payload).await,
    };
    Ok(took?)
}

async fn on_sqlite(
    path: &str,
    time: Duration,
    payload: &[u8],
) -> Result<Vec<Duration>, sqlx::Error> {
    let mut connection: SqliteConnection = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await?;
    connection.execute(ON_SQLITE).await?;
    let (start, mut took) = (Instant::now(), Vec::new());
    while start.elapsed() < time {
        let before = Instant::now();
        let row = sqlx::query(INSERT).bind(1_i64).bind(took.len() as i64).bind(0_i64);
        row.bind(payload).execute(&mut connection).await?;
        took.push(before.elapsed());
    }
    Ok(took)
}

async fn on_postgres(
    url: &str,
    time: Duration,
    payload: &[u8],
) -> Result<Vec<Duration>, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(ON_POSTGRES).await?;
    let (start, mut took) = (Instant::now(), Vec::new());
    while start.elapsed() < time {
        let before = Instant::now();
        let row = sqlx::query(INSERT).bind(1_i64).bind(took.len() as i64).bind(0_i64);
        row.bind(payload).execute(&mut connection).await?;
        took.push(before.elapsed());
    }
    Ok(took)
}

/// What the log takes on the disk.
pub(super) async fn bytes_of_log(url: &str) -> Result<u64, BenchError> {
    let size: Result<i64, sqlx::Error> = match url.strip_prefix("sqlite://") {
        Some(path) => {
            let mut connection = SqliteConnectOptions::new().filename(path).connect().await?;
            let pages = "select page_count * page_size from pragma_page_count, pragma_page_size";
            sqlx::query_scalar(pages).fetch_one(&mut connection).await
        }
        None => {
            let mut connection = PgConnection::connect(url).await?;
            let size = "select pg_total_relation_size('event')";
            sqlx::query_scalar(size).fetch_one(&mut connection).await
        }
    };
    Ok(size?.cast_unsigned())
}

impl From<sqlx::Error> for BenchError {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(error.to_string())
    }
}
