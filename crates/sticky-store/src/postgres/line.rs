use std::time::Duration;

use sqlx::Executor as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sticky_domain::port::StoreError;
use tokio::time::Instant;

use super::PostgresUrl;
use super::connect::connect;
use crate::failure::store_error;

/// How long a writer goes on trying when the server is away, before it says so.
const PATIENCE: Duration = Duration::from_secs(5);
/// The time between two tries.
const PAUSE: Duration = Duration::from_millis(200);
/// What takes longer than this is given up together with its connection. Locks are waited for 2 s.
const ATTEMPT: Duration = Duration::from_secs(15);

/// The one connection on which a task writes. Comes back by itself.
pub(super) struct Line {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

/// Something to write, which may be done again when nobody knows whether it was done: op keys tell.
pub(super) trait Attempt {
    type Done: Send;

    fn run(
        &mut self,
        connection: &mut PgConnection,
    ) -> impl Future<Output = Result<Self::Done, sqlx::Error>> + Send;
}

impl Line {
    pub(super) fn new(url: &PostgresUrl) -> Self {
        Self { options: writer_options(url), connection: None }
    }

    /// Runs the attempt, again after a lost connection. One that failed for good has left nothing.
    pub(super) async fn run<A: Attempt + Send>(
        &mut self,
        attempt: &mut A,
    ) -> Result<A::Done, StoreError> {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.once(attempt).await {
                Ok(done) => return Ok(done),
                Err(error) if may_pass(&error) && Instant::now() < end => {
                    tracing::debug!(%error, "trying again");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(store_error(error)),
            }
        }
    }

    /// A connection that failed is not used again, whatever state it was in.
    async fn once<A: Attempt + Send>(&mut self, attempt: &mut A) -> Result<A::Done, sqlx::Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => open(&self.options).await?,
        };
        let done = tokio::time::timeout(ATTEMPT, attempt.run(&mut connection)).await;
        let done = done.unwrap_or_else(|_| Err(silent()))?;
        self.connection = Some(connection);
        Ok(done)
    }
}

fn writer_options(url: &PostgresUrl) -> PgConnectOptions {
    url.options().options([
        // A statement looks again at each row that it had to wait for; anything stricter would refuse it instead.
        ("default_transaction_isolation", "read committed"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "10s"),
        // A commit looks up a few rows by their keys. Without statistics other joins, which read whole tables, look cheap.
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
    ])
}

/// Durability may have been taken away since the start, by a changed setting of the server or the role.
async fn open(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut connection = connect(options).await?;
    connection
        .execute(
            "select set_config('synchronous_commit', 'on', false)
             where current_setting('synchronous_commit') not in ('on', 'remote_apply')",
        )
        .await?;
    Ok(connection)
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the server does not answer"))
}

/// Whether the server cannot be reached, was stopped or is starting.
pub(super) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        // A server that shows a certificate which is not trusted does so the next time too.
        sqlx::Error::Io(error) => error.kind() != std::io::ErrorKind::InvalidData,
        sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some(code) if code.starts_with("57P") || code.starts_with("08") || code == "25P03")
        }
        _ => false,
    }
}

/// Whether the same again can succeed: after a lost connection, a deadlock, or a shortage of connections.
fn may_pass(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    is_away(error) || matches!(code.as_deref(), Some("40P01" | "40001" | "53300"))
}
