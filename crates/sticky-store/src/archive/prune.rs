//! Removing history for good: what a document came to takes the place of how it came to it.

use sticky_domain::id::DocumentId;

use super::archiver::Archiver;
use super::chain::Chain;
use super::error::ArchiveError;
use super::merge::Merged;
use super::segment::{Kind, Label, Segment};
use crate::history::Histories;

impl Archiver {
    /// Packs what the oldest segments of a document came to, when they were archived long enough ago to be removed.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn gather_old(&self, document: DocumentId) -> Result<Option<Merged>, ArchiveError> {
        let Some(prune_after) = self.policy.prune_after else {
            return Ok(None);
        };
        let before = self.clock.now().minus(prune_after);
        let mut old = self.engine.segments(document).await?;
        let kept = old.iter().position(|row| row.sealed_at >= before).unwrap_or(old.len());
        old.truncate(kept);
        let Some(last) = old.last().filter(|last| last.kind == Kind::Records) else {
            return Ok(None);
        };
        let histories = Histories { engine: &*self.engine, shelf: Some(&self.shelf) };
        let loaded = histories.load(document, None, Some(last.last_seq)).await?;
        let base = self.compactor.compact(loaded).await?;
        let Label { project, title, .. } = self.shelf.open(last).await?.label;
        let (seqs, chains) = ((1, last.last_seq), (Chain::START, last.chain));
        let label = Label::new(Kind::Base, (project, document), title, seqs, chains);
        let package = self.package(Segment::of_base(label, &base), last.sealed_at).await;
        Ok(Some(Merged { package, old }))
    }
}
