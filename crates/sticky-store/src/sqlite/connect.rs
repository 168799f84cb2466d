use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::OpenError;
use crate::moving::MARK;

/// How long a command waits for another process to finish its transaction.
const BUSY: Duration = Duration::from_secs(5);
/// The time between two tries where SQLite itself does not wait.
const PAUSE: Duration = Duration::from_millis(20);
/// Reads that run at the same time.
const READERS: u32 = 4;
/// Statements kept prepared per connection; the content writer has a few per power of two.
const PREPARED: usize = 256;
/// Rows that a read may be ahead of whoever takes them.
pub(super) const ROWS_AHEAD: usize = 1_024;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// The one connection that writes, its schema up to date.
pub(super) async fn writer(path: Option<&Path>) -> Result<SqliteConnection, OpenError> {
    let options = match path {
        Some(path) => durable(file(path).create_if_missing(true)),
        None => common(SqliteConnectOptions::new().in_memory(true)),
    };
    let name = path.map_or_else(|| PathBuf::from("memory://"), Path::to_owned);
    let mut connection =
        patiently(&options).await.map_err(|error| unusable(name.clone(), &error))?;
    migrate(&mut connection, &name).await?;
    Ok(connection)
}

/// A copy that is not whole is nothing to serve or to copy.
pub(super) async fn refuse_half_done(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<(), OpenError> {
    let marks: i64 = sqlx::query_scalar("select count(*) from setting where name = ?")
        .bind(MARK)
        .fetch_one(connection)
        .await
        .map_err(|error| unusable(path.to_owned(), &error))?;
    if marks > 0 { Err(OpenError::HalfDone(path.display().to_string())) } else { Ok(()) }
}

/// The change to write-ahead logging does not wait for another process that is making the same database: SQLite answers
/// at once that it is busy.
async fn patiently(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let end = Instant::now() + BUSY;
    loop {
        match options.connect().await {
            Err(error) if is_busy(&error) && Instant::now() < end => {
                tokio::time::sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| primary_code(error) == BUSY_NOW)
}

/// Connections that cannot write.
pub(super) fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(BUSY)
        .test_before_acquire(false)
        .connect_lazy_with(file(path).pragma("query_only", "on"))
}

fn file(path: &Path) -> SqliteConnectOptions {
    common(SqliteConnectOptions::new().filename(path))
}

fn common(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .busy_timeout(BUSY)
        .statement_cache_capacity(PREPARED)
        .row_buffer_size(ROWS_AHEAD)
        .pragma("cache_size", "-16384")
        // Statements of many rows keep a journal, which would be a file each time.
        .pragma("temp_store", "memory")
        // What was deleted is written over: a note that was purged is in no free page.
        .pragma("secure_delete", "on")
        .disable_statement_logging()
}

/// A commit returns once it is on the disk. There is no setting that changes this.
fn durable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.journal_mode(SqliteJournalMode::Wal).synchronous(synchronous())
}

#[cfg(not(feature = "unsafe-test-hooks"))]
const fn synchronous() -> SqliteSynchronous {
    SqliteSynchronous::Full
}

/// The control of the test that watches for syncs: it must fail when they are taken away.
#[cfg(feature = "unsafe-test-hooks")]
fn synchronous() -> SqliteSynchronous {
    match std::env::var("STICKY_TEST_SYNCHRONOUS").as_deref() {
        Ok("normal") => SqliteSynchronous::Normal,
        _ => SqliteSynchronous::Full,
    }
}

/// All migrations in one immediate transaction, so that two processes starting at once do not both apply them.
async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let mut transaction = connection
        .begin_with("begin immediate")
        .await
        .map_err(|error| unusable(path.to_owned(), &error))?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(migration_error)?;
    transaction.commit().await.map_err(|error| unusable(path.to_owned(), &error))
}

fn migration_error(error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(version) => OpenError::NewerSchema(version),
        other => OpenError::Migration(other.to_string()),
    }
}

fn unusable(path: PathBuf, error: &sqlx::Error) -> OpenError {
    let reason = match error {
        sqlx::Error::Database(error) => reason(&path, error.as_ref()),
        other => other.to_string(),
    };
    OpenError::Unusable { path, reason }
}

fn reason(path: &Path, error: &dyn sqlx::error::DatabaseError) -> String {
    match primary_code(error) {
        READ_ONLY => "it, or its directory, is read-only".to_owned(),
        CANNOT_OPEN if path.is_dir() => "it is a directory".to_owned(),
        CANNOT_OPEN => cannot_open(path),
        NOT_A_DATABASE => "it is not a SQLite database".to_owned(),
        BUSY_NOW => "another process holds it; try again".to_owned(),
        _ => error.message().to_owned(),
    }
}

/// Below the extended result code.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> i32 {
    error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default() & 0xff
}

fn cannot_open(path: &Path) -> String {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) if !parent.exists() => {
            format!("the directory {} does not exist", parent.display())
        }
        _ => "it cannot be written; is its directory read-only?".to_owned(),
    }
}

const BUSY_NOW: i32 = 5;
const READ_ONLY: i32 = 8;
const CANNOT_OPEN: i32 = 14;
const NOT_A_DATABASE: i32 = 26;
