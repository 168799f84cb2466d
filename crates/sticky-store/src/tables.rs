use async_trait::async_trait;
use sticky_domain::event::Event;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{
    Append, AppendError, Appended, Snapshot, StoreError, StoredUpdate, Updates,
};
use sticky_domain::stream::{Lane, StreamId};

use crate::archive::SegmentRow;
use crate::content::ContentWriter;

/// The log as it stands in the tables of an engine: what has been archived is missing from it.
#[async_trait]
pub(crate) trait Tables: Send + Sync {
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// What records the updates of all documents.
    fn content(&self) -> &ContentWriter;

    async fn stream(&self, stream: StreamId, after: u64) -> Result<Vec<Event>, StoreError>;

    /// May begin later than the seq after `after`: then a segment has what lies between.
    async fn updates(
        &self,
        document: DocumentId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Updates, StoreError>;

    async fn lane(&self, lane: Lane, beyond: u64, limit: usize) -> Result<Vec<Event>, StoreError>;

    async fn position(&self, lane: Lane) -> Result<u64, StoreError>;

    /// The newest position that this process knows of.
    fn known(&self, lane: Lane) -> u64;

    async fn wait_beyond(&self, lane: Lane, position: u64);

    async fn save(&self, document: DocumentId, snapshot: Snapshot) -> Result<(), StoreError>;
}

/// What the tables have of a document, all read at one moment.
pub(crate) struct Found {
    pub(crate) snapshot: Option<Snapshot>,
    /// What follows the snapshot and has been archived, oldest first.
    pub(crate) segments: Vec<SegmentRow>,
    /// What follows those.
    pub(crate) tail: Vec<StoredUpdate>,
    pub(crate) head: u64,
}
