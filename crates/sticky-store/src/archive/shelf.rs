use std::sync::Arc;

use sticky_domain::port::BlobStore;

use super::chain::sha256;
use super::error::ArchiveError;
use super::row::SegmentRow;
use super::segment::{Segment, SegmentError};

/// Where the archive's objects are.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) blobs: Arc<dyn BlobStore>,
}

impl Shelf {
    /// The object of a segment, if it is what was written.
    pub(crate) async fn open(&self, row: &SegmentRow) -> Result<Segment, ArchiveError> {
        let object = self.blobs.get(&row.key).await?;
        let object = object.ok_or_else(|| ArchiveError::Missing(row.key.clone()))?;
        let (expected, range) = (row.sha256, (row.document, row.first_seq, row.last_seq));
        let unpacked = off_task(move || {
            if sha256(&object) != expected {
                return Err(SegmentError::Changed);
            }
            Segment::unpack(&object).and_then(|segment| segment.of_range(range))
        });
        unpacked.await.map_err(|reason| ArchiveError::damaged(row.document, &row.key, reason))
    }
}

/// Unpacking and hashing megabytes would hold up the task that it is done for.
pub(crate) async fn off_task<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("work on an object does not panic, and the runtime outlives its tasks")
}
