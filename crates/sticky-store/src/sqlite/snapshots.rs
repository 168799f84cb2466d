use async_trait::async_trait;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Loaded, Snapshot, Snapshots, StoreError};
use sticky_domain::time::Timestamp;

use super::{HEAD, Sqlite, UPDATES_AFTER};
use crate::control::Job;
use crate::failure::store_error;
use crate::row::{self, Columns as _, sql};
use crate::snapshot_bytes::{KEPT, digest, encode_owners, read};

#[async_trait]
impl Snapshots for Sqlite {
    async fn load(&self, document: DocumentId, below: Option<u64>) -> Result<Loaded, StoreError> {
        let mut reader = self.readers.get().await?;
        let mut transaction = reader.begin().await.map_err(store_error)?;
        let head = sqlx::query_scalar(HEAD)
            .bind(document.0)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(store_error)?
            .unwrap_or(0);
        let snapshot = newest(&mut transaction, document, below).await?;
        let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
        let tail = sqlx::query(UPDATES_AFTER)
            .bind(document.0)
            .bind(sql(after))
            .fetch_all(&mut *transaction)
            .await
            .map_err(store_error)?;
        transaction.rollback().await.map_err(store_error)?;
        let tail = tail.iter().map(row::update).collect::<Result<_, _>>()?;
        Ok(Loaded { snapshot, tail, head })
    }

    async fn save(&self, document: DocumentId, snapshot: Snapshot) -> Result<(), StoreError> {
        self.control.submit(Save { document, snapshot, now: self.clock.now() }).await
    }
}

/// The newest snapshot whose bytes are as they were stored.
async fn newest(
    connection: &mut SqliteConnection,
    document: DocumentId,
    mut below: Option<u64>,
) -> Result<Option<Snapshot>, StoreError> {
    loop {
        let row = sqlx::query(
            "select seq, body, owners, sha256 from snapshot
             where document = ? and seq < ? order by seq desc limit 1",
        )
        .bind(document.0)
        .bind(below.map_or(i64::MAX, sql))
        .fetch_optional(&mut *connection)
        .await
        .map_err(store_error)?;
        let Some(row) = row else {
            return Ok(None);
        };
        match read(&row) {
            Ok(snapshot) => return Ok(Some(snapshot)),
            Err(error) => {
                tracing::warn!(%document, %error, "a snapshot is damaged; an older one serves")
            }
        }
        below = Some(row.number("seq")?);
    }
}

struct Save {
    document: DocumentId,
    snapshot: Snapshot,
    now: Timestamp,
}

#[async_trait]
impl Job<SqliteConnection> for Save {
    type Done = ();
    type Error = StoreError;

    /// A snapshot of what has not been recorded is not taken.
    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let owners = encode_owners(&self.snapshot.owners);
        sqlx::query(
            "insert or ignore into snapshot (document, seq, body, owners, sha256, created_at)
             select id, ?, ?, ?, ?, ? from stream where kind = 2 and id = ? and head >= ?;
             delete from snapshot where document = ? and seq < (
                 select min(seq) from (
                     select seq from snapshot where document = ? order by seq desc limit ?))",
        )
        .bind(sql(self.snapshot.seq))
        .bind(self.snapshot.body.to_vec())
        .bind(owners.clone())
        .bind(digest(&self.snapshot.body, &owners))
        .bind(self.now.0)
        .bind(self.document.0)
        .bind(sql(self.snapshot.seq))
        .bind(self.document.0)
        .bind(self.document.0)
        .bind(KEPT)
        .execute(connection)
        .await
        .map(drop)
        .map_err(store_error)
    }
}
