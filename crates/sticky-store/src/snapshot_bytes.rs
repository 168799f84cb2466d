use sha2::{Digest as _, Sha256};
use sticky_domain::id::RootId;
use sticky_domain::port::{Snapshot, StoreError};
use uuid::Uuid;

use crate::row::{Columns, unreadable};

/// How many snapshots of a document are kept.
pub(crate) const KEPT: i64 = 3;
/// A client id and its owner.
const OWNER_BYTES: usize = 8 + 16;

/// The snapshot of a row, if its bytes are as they were stored.
pub(crate) fn read(row: &impl Columns) -> Result<Snapshot, StoreError> {
    let (body, owners) = (row.bytes("body")?, row.bytes("owners")?);
    if row.bytes("sha256")? != digest(&body, &owners) {
        return Err(unreadable("a snapshot"));
    }
    Ok(Snapshot { seq: row.number("seq")?, body, owners: decode_owners(&owners) })
}

pub(crate) fn digest(body: &[u8], owners: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(body).chain_update(owners).finalize().to_vec()
}

pub(crate) fn encode_owners(owners: &[(u64, RootId)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(owners.len() * OWNER_BYTES);
    for (client, root) in owners {
        bytes.extend_from_slice(&client.to_be_bytes());
        bytes.extend_from_slice(root.0.as_bytes());
    }
    bytes
}

pub(crate) fn decode_owners(bytes: &[u8]) -> Vec<(u64, RootId)> {
    let (owners, _) = bytes.as_chunks::<OWNER_BYTES>();
    owners.iter().map(decode_owner).collect()
}

fn decode_owner(bytes: &[u8; OWNER_BYTES]) -> (u64, RootId) {
    let (client, root) = bytes.split_at(8);
    let client = client.try_into().expect("the first 8 of 24 bytes");
    let root = root.try_into().expect("the last 16 of 24 bytes");
    (u64::from_be_bytes(client), RootId(Uuid::from_bytes(root)))
}
