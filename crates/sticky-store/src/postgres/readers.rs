use std::time::Duration;

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sticky_domain::port::StoreError;

use super::PostgresUrl;
use crate::failure::store_error;

/// Reads that run at the same time.
const READERS: u32 = 8;
/// How long a read waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Where reads happen: connections that cannot write, looked at before use, so that a restarted server is met again.
pub(super) struct Readers(PgPool);

impl Readers {
    pub(super) fn new(url: &PostgresUrl) -> Self {
        let options = url
            .options()
            .options([("default_transaction_read_only", "on"), ("statement_timeout", "10s")]);
        Self(
            PgPoolOptions::new()
                .max_connections(READERS)
                .acquire_timeout(ACQUIRE)
                .connect_lazy_with(options),
        )
    }

    pub(super) async fn get(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        self.0.acquire().await.map_err(store_error)
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}
