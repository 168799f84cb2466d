use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sticky_domain::id::{DocumentId, RootId};
use sticky_domain::port::{Loaded, Snapshot, Snapshots, StoreError};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::Store;
use crate::control::Job;
use crate::failure::store_error;
use crate::row::{self, Columns as _, sql};

/// How many snapshots of a document are kept.
const KEPT: i64 = 3;
/// A client id and its owner.
const OWNER_BYTES: usize = 8 + 16;

#[async_trait]
impl Snapshots for Store {
    async fn load(&self, document: DocumentId, below: Option<u64>) -> Result<Loaded, StoreError> {
        let mut reader = self.readers.get().await?;
        let mut transaction = reader.begin().await.map_err(store_error)?;
        let head = sqlx::query_scalar(row::HEAD)
            .bind(document.0)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(store_error)?
            .unwrap_or(0);
        let snapshot = newest(&mut transaction, document, below).await?;
        let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
        let tail = sqlx::query(row::UPDATES_AFTER)
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

fn read(row: &SqliteRow) -> Result<Snapshot, StoreError> {
    let (body, owners) = (row.bytes("body")?, row.bytes("owners")?);
    if row.bytes("sha256")? != digest(&body, &owners) {
        return Err(row::unreadable("a snapshot"));
    }
    Ok(Snapshot { seq: row.number("seq")?, body, owners: decode_owners(&owners) })
}

fn digest(body: &[u8], owners: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(body).chain_update(owners).finalize().to_vec()
}

fn encode_owners(owners: &[(u64, RootId)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(owners.len() * OWNER_BYTES);
    for (client, root) in owners {
        bytes.extend_from_slice(&client.to_be_bytes());
        bytes.extend_from_slice(root.0.as_bytes());
    }
    bytes
}

fn decode_owners(bytes: &[u8]) -> Vec<(u64, RootId)> {
    let (owners, _) = bytes.as_chunks::<OWNER_BYTES>();
    owners.iter().map(decode_owner).collect()
}

fn decode_owner(bytes: &[u8; OWNER_BYTES]) -> (u64, RootId) {
    let (client, root) = bytes.split_at(8);
    let client = client.try_into().expect("the first 8 of 24 bytes");
    let root = root.try_into().expect("the last 16 of 24 bytes");
    (u64::from_be_bytes(client), RootId(Uuid::from_bytes(root)))
}

struct Save {
    document: DocumentId,
    snapshot: Snapshot,
    now: Timestamp,
}

#[async_trait]
impl Job for Save {
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
