//! A round of everything that the archive needs done.

use std::time::Duration;

use sticky_domain::id::DocumentId;
use sticky_domain::port::StoreError;
use uuid::Uuid;

use super::archiver::{Archiver, DOCUMENTS};
use super::error::ArchiveError;
use super::term::Term;

/// How long history waits for a rebuild that shows no sign of life. Its longest step is the reading of 100 notes.
const BUILD_PATIENCE: Duration = Duration::from_secs(60 * 60);

/// What a round came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Segments that were made of events.
    pub sealed: usize,
    /// Segments that were made of smaller ones.
    pub merged: usize,
    /// Notes of which history was removed for good.
    pub pruned: usize,
    /// Objects that were taken away.
    pub deleted: usize,
}

impl Archiver {
    /// Moves what is due, merges what is small, removes what is old, takes away what nothing names; `sweep` looks for
    /// objects that were never committed, too, for which all objects are listed. Does nothing while someone else has the
    /// lease. One note that cannot be archived keeps no other from it.
    ///
    /// # Errors
    /// When the lease was lost, or the database or the archive cannot be reached.
    pub async fn look(&self, sweep: bool) -> Result<Looked, ArchiveError> {
        let mut looked = Looked::default();
        let Some(term) = self.claim().await? else {
            return Ok(looked);
        };
        self.give_up_builds().await?;
        self.move_all(term, &mut looked).await?;
        self.prune_all(term, &mut looked).await?;
        looked.deleted += self.collect_garbage().await?;
        if sweep {
            looked.deleted += self.sweep(term).await?;
        }
        Ok(looked)
    }

    async fn give_up_builds(&self) -> Result<(), ArchiveError> {
        let before = self.clock.now().minus(BUILD_PATIENCE);
        if self.engine.give_up_builds(before).await? {
            tracing::warn!(
                "a rebuild of a read model was abandoned: history waits for it no longer"
            );
        }
        Ok(())
    }

    async fn move_all(&self, term: Term, looked: &mut Looked) -> Result<(), ArchiveError> {
        let mut after = Uuid::nil();
        loop {
            let long = self.engine.long_ones(after, self.policy.hot_events, DOCUMENTS).await?;
            for document in &long {
                past_one_note(*document, self.archive(term, *document, looked).await)?;
            }
            match long.last() {
                Some(last) => after = last.0,
                None => return Ok(()),
            }
        }
    }

    /// Moves all of a document that is due.
    async fn archive(
        &self,
        term: Term,
        document: DocumentId,
        looked: &mut Looked,
    ) -> Result<(), ArchiveError> {
        while let Some(package) = self.cut(document).await? {
            self.renew(term).await?;
            self.put(&package).await?;
            self.seal(term, &package).await?;
            looked.sealed += 1;
        }
        while let Some(merged) = self.gather_small(document).await? {
            self.renew(term).await?;
            self.put_merged(&merged).await?;
            self.replace(term, &merged).await?;
            looked.merged += 1;
        }
        Ok(())
    }

    async fn prune_all(&self, term: Term, looked: &mut Looked) -> Result<(), ArchiveError> {
        let Some(prune_after) = self.policy.prune_after else {
            return Ok(());
        };
        let before = self.clock.now().minus(prune_after);
        for document in self.engine.old_ones(before, DOCUMENTS).await? {
            past_one_note(document, self.prune(term, document, looked).await)?;
        }
        Ok(())
    }

    async fn prune(
        &self,
        term: Term,
        document: DocumentId,
        looked: &mut Looked,
    ) -> Result<(), ArchiveError> {
        if let Some(merged) = self.gather_old(document).await? {
            self.renew(term).await?;
            self.put_merged(&merged).await?;
            self.replace(term, &merged).await?;
            looked.pruned += 1;
        }
        Ok(())
    }
}

/// What ails one note is told and passed over.
fn past_one_note(document: DocumentId, done: Result<(), ArchiveError>) -> Result<(), ArchiveError> {
    match done {
        Err(ArchiveError::Changed) => Ok(()),
        Err(
            error @ (ArchiveError::Damaged { .. } | ArchiveError::Store(StoreError::Corrupt(_))),
        ) => {
            tracing::error!(docId = %document, %error, "a note is not archived; run `sticky log verify`");
            Ok(())
        }
        other => other,
    }
}
