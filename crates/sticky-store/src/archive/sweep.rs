//! Taking objects away that nothing names.

use std::time::Duration;

use sticky_domain::id::DocumentId;

use super::archiver::Archiver;
use super::error::ArchiveError;
use super::term::Term;

/// Objects that are taken away in one go.
const AT_ONCE: u64 = 1_000;
/// Younger objects are left alone, whoever wrote them.
const ORPHANED: Duration = Duration::from_secs(24 * 60 * 60);

impl Archiver {
    /// Deletes the objects that were replaced long enough ago; says how many.
    ///
    /// # Errors
    /// When one cannot be deleted; it is tried again.
    pub async fn collect_garbage(&self) -> Result<usize, ArchiveError> {
        let keys = self.engine.garbage(self.clock.now(), AT_ONCE).await?;
        let mut deleted = 0;
        for key in keys {
            deleted += self.delete(&key).await?;
            self.engine.forget(key).await?;
        }
        Ok(deleted)
    }

    /// Deletes an object, or everything below a key that ends with a slash.
    async fn delete(&self, key: &str) -> Result<usize, ArchiveError> {
        if !key.ends_with('/') {
            self.shelf.blobs.delete(key).await?;
            return Ok(1);
        }
        let objects = self.shelf.blobs.list(key).await?;
        for object in &objects {
            self.shelf.blobs.delete(&object.key).await?;
        }
        Ok(objects.len())
    }

    /// Deletes objects that were written and never committed; says how many.
    ///
    /// The term is looked at after the list was made: what is in it was written in this term or an earlier one, so
    /// nothing that is not named by now ever will be.
    ///
    /// # Errors
    /// [`ArchiveError::Fenced`] when someone else has taken over, before anything is deleted.
    pub async fn sweep(&self, term: Term) -> Result<usize, ArchiveError> {
        let objects = self.shelf.blobs.list("project").await?;
        self.engine.hold(term).await?;
        let now = self.clock.now();
        let mut swept = 0;
        for object in objects.iter().filter(|object| now.since(object.written_at) >= ORPHANED) {
            if self.is_orphan(&object.key).await? {
                self.shelf.blobs.delete(&object.key).await?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// Objects of documents that are not known here may be those of another installation.
    async fn is_orphan(&self, key: &str) -> Result<bool, ArchiveError> {
        let Some(document) = document_of(key) else {
            return Ok(false);
        };
        Ok(self.engine.knows(document).await? && !self.engine.names(key).await?)
    }
}

/// `project/<project>/documents/<document>/<name>`
fn document_of(key: &str) -> Option<DocumentId> {
    key.split('/').nth(3)?.parse().ok()
}
