use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::Instant;

use super::PostgresUrl;
use super::line::is_away;
use crate::OpenError;
use crate::moving::MARK;

/// How long a server that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The time between two tries.
const PAUSE: Duration = Duration::from_secs(1);
/// A connection that is not there after this long is not coming.
const HANDSHAKE: Duration = Duration::from_secs(5);

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Brings the schema up to date, and refuses a server that would acknowledge what it has not forced to its disk, and a copy
/// that is not whole.
pub(super) async fn prepare(url: &PostgresUrl) -> Result<(), OpenError> {
    let mut connection = prepared(url).await?;
    refuse_half_done(&mut connection, url).await?;
    connection.close().await.map_err(|error| refused(url, &error))
}

/// The connection on which the schema was brought up to date.
pub(super) async fn prepared(url: &PostgresUrl) -> Result<PgConnection, OpenError> {
    let mut connection = first(url).await?;
    check_durability(&mut connection, url).await?;
    check_privacy(&mut connection, url).await?;
    // Under an advisory lock, so that of several nodes starting at once one does it and the others wait.
    MIGRATIONS.run_direct(None, &mut connection, false).await.map_err(migration_error)?;
    Ok(connection)
}

/// A copy that is not whole is nothing to serve or to copy.
pub(super) async fn refuse_half_done(
    connection: &mut PgConnection,
    url: &PostgresUrl,
) -> Result<(), OpenError> {
    let marks: i64 = sqlx::query_scalar("select count(*) from setting where name = $1")
        .bind(MARK)
        .fetch_one(connection)
        .await
        .map_err(|error| refused(url, &error))?;
    if marks > 0 { Err(OpenError::HalfDone(url.to_string())) } else { Ok(()) }
}

/// One connection, within the time of a handshake.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    tokio::time::timeout(HANDSHAKE, options.connect()).await.unwrap_or_else(|_| {
        Err(sqlx::Error::Io(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            "the server does not answer",
        )))
    })
}

/// Connects, waiting for a server that is still starting.
async fn first(url: &PostgresUrl) -> Result<PgConnection, OpenError> {
    let start = Instant::now();
    loop {
        let error = match connect(&url.options()).await {
            Ok(connection) => return Ok(connection),
            Err(error) if is_away(&error) => error,
            Err(error) => return Err(refused(url, &error)),
        };
        let waited = start.elapsed();
        if waited >= PATIENCE {
            return Err(away(url, waited, &error));
        }
        let (tried, patience) = (waited.as_secs(), PATIENCE.as_secs());
        tracing::warn!(database = %url, %error, "waiting for Postgres, {tried} of {patience} s");
        tokio::time::sleep(PAUSE).await;
    }
}

async fn check_durability(
    connection: &mut PgConnection,
    url: &PostgresUrl,
) -> Result<(), OpenError> {
    let (commit, fsync): (String, String) =
        sqlx::query_as("select current_setting('synchronous_commit'), current_setting('fsync')")
            .fetch_one(connection)
            .await
            .map_err(|error| refused(url, &error))?;
    if fsync == "off" {
        tracing::warn!("Postgres runs with fsync = off: notes are lost when its computer stops");
    }
    match commit.as_str() {
        "on" | "remote_apply" => Ok(()),
        _ => Err(OpenError::NotDurable { database: url.to_string(), synchronous_commit: commit }),
    }
}

/// On the way to another computer anyone could read along.
async fn check_privacy(connection: &mut PgConnection, url: &PostgresUrl) -> Result<(), OpenError> {
    let encrypted: Option<bool> =
        sqlx::query_scalar("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
            .fetch_optional(connection)
            .await
            .map_err(|error| refused(url, &error))?;
    if url.is_remote() && encrypted == Some(false) {
        tracing::warn!(
            "the connection to Postgres is not encrypted: add sslmode=verify-full to its URL"
        );
    }
    Ok(())
}

fn migration_error(error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(version) => OpenError::NewerSchema(version),
        other => OpenError::Migration(other.to_string()),
    }
}

fn refused(url: &PostgresUrl, error: &sqlx::Error) -> OpenError {
    OpenError::Server { database: url.to_string(), reason: reason(error) }
}

fn away(url: &PostgresUrl, waited: Duration, error: &sqlx::Error) -> OpenError {
    let (database, seconds) = (url.to_string(), waited.as_secs());
    OpenError::Away { database, seconds, reason: reason(error) }
}

fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}
