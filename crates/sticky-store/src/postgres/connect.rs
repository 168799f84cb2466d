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
const PAUSE: Duration = Duration::from_millis(500);
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
    let end = Instant::now() + PATIENCE;
    loop {
        match connect(&url.options()).await {
            Ok(connection) => return Ok(connection),
            Err(error) if is_away(&error) && Instant::now() < end => {
                tracing::info!(database = %url, %error, "waiting for Postgres");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(refused(url, &error)),
        }
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

fn migration_error(error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(version) => OpenError::NewerSchema(version),
        other => OpenError::Migration(other.to_string()),
    }
}

fn refused(url: &PostgresUrl, error: &sqlx::Error) -> OpenError {
    let reason = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    };
    OpenError::Server { database: url.to_string(), reason }
}
