use async_trait::async_trait;
use sqlx::postgres::PgConnection;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Snapshot, StoreError};
use sticky_domain::time::Timestamp;

use crate::control::Job;
use crate::failure::store_error;
use crate::query::query;
use crate::row::sql;
use crate::snapshot_bytes::{KEPT, digest, encode_owners};

/// Stores a snapshot, and keeps the newest few.
pub(super) struct Save {
    pub(super) document: DocumentId,
    pub(super) snapshot: Snapshot,
    pub(super) now: Timestamp,
}

#[async_trait]
impl Job<PgConnection> for Save {
    type Done = ();
    type Error = StoreError;

    /// A snapshot of what has not been recorded is not taken.
    async fn run(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        let owners = encode_owners(&self.snapshot.owners);
        query(
            "insert into snapshot (document, seq, body, owners, sha256, created_at)
             select id, $1, $2, $3, $4, $5 from stream where kind = 2 and id = $6 and head >= $1
             on conflict do nothing",
        )
        .bind(sql(self.snapshot.seq))
        .bind(&self.snapshot.body[..])
        .bind(&owners)
        .bind(digest(&self.snapshot.body, &owners))
        .bind(self.now.0)
        .bind(self.document.0)
        .execute(&mut *connection)
        .await
        .map_err(store_error)?;
        query(
            "delete from snapshot where document = $1 and seq < (
                 select min(seq) from (
                     select seq from snapshot where document = $1 order by seq desc limit $2) kept)",
        )
        .bind(self.document.0)
        .bind(KEPT)
        .execute(connection)
        .await
        .map(drop)
        .map_err(store_error)
    }
}
