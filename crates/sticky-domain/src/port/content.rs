use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

use super::event_store::{RecordError, StoreError};
use crate::access::Right;
use crate::id::DocumentId;

/// Reads what a document says.
#[async_trait]
pub trait ContentReader: Send + Sync {
    /// The text at the newest seq, or at `seq`. `None` when the text at that seq can no longer (or not yet) be read.
    async fn content(
        &self,
        document: DocumentId,
        seq: Option<u64>,
    ) -> Result<Option<Content>, StoreError>;

    /// The whole state as one Yjs v1 update, and its seq.
    async fn state(&self, document: DocumentId) -> Result<(u64, Bytes), StoreError>;

    /// A part of the document's updates as one update. `None` when the selection is not readable as what it should be.
    async fn excerpt(
        &self,
        document: DocumentId,
        selection: Selection,
        max_bytes: usize,
    ) -> Result<Option<Excerpt>, StoreError>;
}

/// Which updates of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those recorded after this seq.
    After(u64),
    /// Those that a Yjs v1 state vector lacks.
    Missing(Bytes),
    /// Those after `after` that hold any of the clocks `from..to` of one client.
    Clocks { client: u64, from: u32, to: u32, after: u64 },
}

/// Updates merged into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    pub update: Bytes,
    /// What was looked at ends with this seq; ask again after it when it is below `head`.
    pub last_seq: u64,
    /// The document's newest seq.
    pub head: u64,
}

/// What a document says at a seq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub seq: u64,
    pub text: String,
}

/// Changes what a document says, on behalf of someone without a socket.
#[async_trait]
pub trait ContentWriter: Send + Sync {
    /// Merges a Yjs v1 update from outside; returns the seq at which it is durable.
    async fn merge(
        &self,
        document: DocumentId,
        right: &Right,
        update: Bytes,
    ) -> Result<u64, EditError>;

    /// Changes the text from `before` (as it read at `before_seq`) to `after`, by the smallest difference,
    /// as one update that keeps what others typed meanwhile; returns the seq at which it is durable.
    async fn edit(
        &self,
        document: DocumentId,
        right: &Right,
        before: &Content,
        after: &str,
    ) -> Result<u64, EditError>;
}

/// Why the text was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// The update is refused by the guard; the code is stable (`malformed`, `unsupported_content`, …).
    #[error("{message}")]
    Refused { code: &'static str, message: String },
    /// The edit did not read back as intended.
    #[error("the note changed in a way that this edit cannot be merged with; read it again")]
    Conflict,
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        Self::Record(RecordError::Store(error))
    }
}
