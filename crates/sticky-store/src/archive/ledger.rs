//! What the archive asks of the database.

mod engines;

use async_trait::async_trait;
use sticky_domain::event::Event;
use sticky_domain::id::{DocumentId, PrincipalId, ProjectId, RootId};
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::chain::Chain;
use super::error::ArchiveError;
use super::row::SegmentRow;
use super::term::Term;
use crate::tables::Found;

#[async_trait]
pub(crate) trait Ledger: Send + Sync {
    async fn claim(
        &self,
        owner: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<u64>, StoreError>;

    async fn release(&self, term: Term) -> Result<(), StoreError>;

    async fn hold(&self, term: Term) -> Result<(), ArchiveError>;

    /// Waits no longer for builds of read models that have not moved since `before`; says whether there were any.
    async fn give_up_builds(&self, before: Timestamp) -> Result<bool, StoreError>;

    /// Documents after `after`, in order of their ids, with more than `hot` events that are not archived.
    async fn long_ones(
        &self,
        after: Uuid,
        hot: u64,
        limit: u64,
    ) -> Result<Vec<DocumentId>, StoreError>;

    /// Documents with segments that were sealed before `before` and have not been removed for good.
    async fn old_ones(&self, before: Timestamp, limit: u64) -> Result<Vec<DocumentId>, StoreError>;

    /// Documents after `after`, in order of their ids, with any event.
    async fn written_ones(&self, after: Uuid, limit: u64) -> Result<Vec<DocumentId>, StoreError>;

    /// How many documents have any event.
    async fn count_written(&self) -> Result<u64, StoreError>;

    /// How far a document goes, and its archive; `None` for one without a content stream.
    async fn standing(&self, document: DocumentId) -> Result<Option<Standing>, StoreError>;

    /// What of a document may leave: all but its newest `hot` events, what follows the first one not before `before`, and
    /// what a read model has not come to.
    async fn waiting(
        &self,
        document: DocumentId,
        hot: u64,
        before: Timestamp,
    ) -> Result<Option<Waiting>, StoreError>;

    /// Events of a document in order, from `first` up to `last`, at most `limit`.
    async fn events(
        &self,
        document: DocumentId,
        first: u64,
        last: u64,
        limit: u64,
    ) -> Result<Vec<Event>, StoreError>;

    /// What a document is built from: its newest snapshot below `below`, and what follows it up to `upto`.
    async fn load(
        &self,
        document: DocumentId,
        below: Option<u64>,
        upto: Option<u64>,
    ) -> Result<Found, StoreError>;

    /// The segment that holds the record after `after`, if that has been archived.
    async fn segment_after(
        &self,
        document: DocumentId,
        after: u64,
    ) -> Result<Option<SegmentRow>, StoreError>;

    /// Who the new client ids of a principal belong to.
    async fn root(&self, principal: PrincipalId) -> Result<RootId, StoreError>;

    /// All segments of a document in order.
    async fn segments(&self, document: DocumentId) -> Result<Vec<SegmentRow>, StoreError>;

    async fn seal(&self, term: Term, row: SegmentRow) -> Result<(), ArchiveError>;

    async fn replace(
        &self,
        term: Term,
        old: Vec<SegmentRow>,
        new: SegmentRow,
        garbage_from: Timestamp,
    ) -> Result<(), ArchiveError>;

    /// Makes these segments the whole history of a document that has none yet.
    async fn adopt(
        &self,
        document: DocumentId,
        rows: Vec<SegmentRow>,
        now: Timestamp,
    ) -> Result<(), ArchiveError>;

    /// Objects that may be taken away now.
    async fn garbage(&self, now: Timestamp, limit: u64) -> Result<Vec<String>, StoreError>;

    async fn forget(&self, key: String) -> Result<(), StoreError>;

    /// Whether there is, or was, such a document.
    async fn knows(&self, document: DocumentId) -> Result<bool, StoreError>;

    /// Whether anything names this object.
    async fn names(&self, key: &str) -> Result<bool, StoreError>;
}

/// How far a document goes, and how much of it has been archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) head: u64,
    pub(crate) archived_to: u64,
    pub(crate) chain: Chain,
}

/// The part of a document that may leave the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) project: ProjectId,
    pub(crate) title: Option<String>,
    /// The chain before `first`.
    pub(crate) chain: Chain,
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Of their payloads.
    pub(crate) bytes: u64,
    /// When the first of them was recorded.
    pub(crate) since: Timestamp,
}
