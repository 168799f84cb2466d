use sticky_domain::id::DocumentId;
use sticky_domain::port::{BlobError, StoreError};
use thiserror::Error;

use super::segment::SegmentError;

/// Why something was not archived, or not found in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// Whatever was prepared under the old term is not used.
    #[error("another archiver has taken over")]
    Fenced,
    /// Someone else archived, merged or removed the same meanwhile; nothing was changed.
    #[error("the note's archive has changed meanwhile")]
    Changed,
    #[error("the archived history of note {document} is damaged: {reason} ({key})")]
    Damaged { document: DocumentId, key: String, reason: String },
    /// A loader begins again from the database; it may have been merged meanwhile.
    #[error("an object of the archive is not there: {0}")]
    Missing(String),
    #[error("this needs an archive, and none is configured")]
    NoArchive,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl ArchiveError {
    pub(crate) fn damaged(document: DocumentId, key: &str, reason: SegmentError) -> Self {
        Self::Damaged { document, key: key.to_owned(), reason: reason.to_string() }
    }
}

impl From<ArchiveError> for StoreError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Store(error) => error,
            ArchiveError::Blob(BlobError::Full) => Self::Full,
            ArchiveError::Damaged { .. } => Self::Corrupt(error.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
