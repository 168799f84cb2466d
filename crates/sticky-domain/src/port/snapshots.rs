use async_trait::async_trait;
use bytes::Bytes;

use super::event_store::{StoreError, StoredUpdate};
use crate::id::{DocumentId, RootId};

/// Stored bases. A snapshot can always be thrown away: the log has everything.
#[async_trait]
pub trait Snapshots: Send + Sync {
    /// The newest snapshot, below `below` when given, and every update after it, nothing of it beyond `upto` when given,
    /// as one consistent read. Callers that cannot trust a snapshot load again below its seq.
    async fn load(
        &self,
        document: DocumentId,
        below: Option<u64>,
        upto: Option<u64>,
    ) -> Result<Loaded, StoreError>;

    /// Stores a verified snapshot. One that exists already is left as it is; the newest three are kept.
    async fn save(&self, document: DocumentId, snapshot: Snapshot) -> Result<(), StoreError>;
}

/// Makes one state of a base and what follows it.
#[async_trait]
pub trait Compactor: Send + Sync {
    /// The state at the last update that was loaded, verified to say the same.
    async fn compact(&self, loaded: Loaded) -> Result<Snapshot, StoreError>;
}

/// The compacted state of a document at some seq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub seq: u64,
    /// One Yjs v1 update.
    pub body: Bytes,
    /// The owner of every client id in the body.
    pub owners: Vec<(u64, RootId)>,
}

/// What a room is built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    pub snapshot: Option<Snapshot>,
    /// The updates after the snapshot, whole.
    pub tail: Vec<StoredUpdate>,
    /// The document's newest seq, whatever was asked for.
    pub head: u64,
}
