use async_trait::async_trait;
use thiserror::Error;

use super::event_store::StoreError;
use crate::event::{Actor, Body, Event};
use crate::id::DocumentId;
use crate::op_key::OpKey;
use crate::stream::StreamId;
use crate::time::Timestamp;

/// Whole histories of notes, on their way from one log into another.
#[async_trait]
pub trait Histories: Send + Sync {
    /// The events of a stream after `seq`, in order: at least one if there is one, then up to `max_bytes`.
    async fn page(
        &self,
        stream: StreamId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// Records updates of a document as they were recorded elsewhere: at their seqs, with their times. Those that are
    /// there already are left. The document itself need not be there yet.
    async fn write_updates(
        &self,
        document: DocumentId,
        updates: Vec<PastEvent>,
    ) -> Result<(), WriteError>;

    /// Records all facts of a document as they were recorded elsewhere, with the read rows that follow from them, in one
    /// transaction. Done twice it is done once.
    async fn write_facts(
        &self,
        document: DocumentId,
        facts: Vec<PastEvent>,
    ) -> Result<(), WriteError>;
}

/// Something that was recorded elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastEvent {
    pub seq: u64,
    pub actor: Actor,
    pub op: OpKey,
    pub recorded_at: Timestamp,
    pub body: Body,
}

/// Why a history was not written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WriteError {
    /// What the log has of this stream is not the beginning of the history.
    #[error("the log holds another history of this")]
    Other,
    #[error(transparent)]
    Store(#[from] StoreError),
}
