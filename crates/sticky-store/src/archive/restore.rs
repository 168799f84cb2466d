//! A document from its objects alone: they say themselves what they are.

use sticky_domain::id::{DocumentId, ProjectId};
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use super::chain::Chain;
use super::error::ArchiveError;
use super::row::SegmentRow;
use super::segment::{Label, Segment};
use super::shelf::{Shelf, off_task};
use crate::Store;

/// The history of a document as its objects tell it.
#[derive(Debug, Clone)]
pub struct Remains {
    rows: Vec<SegmentRow>,
    pub project: ProjectId,
    /// The title that someone had set.
    pub title: Option<String>,
    /// The last seq that there is an object of.
    pub last_seq: u64,
}

/// An object that may hold a part of a document.
struct Candidate {
    key: String,
    first_seq: u64,
    last_seq: u64,
}

impl Store {
    /// Finds the objects of a document and puts them in order, each checked by the hash chain; `None` when there are none
    /// that begin it. Within `project` only, when that is known, so that not every object must be listed.
    ///
    /// # Errors
    /// When the archive cannot be reached.
    pub async fn remains(
        &self,
        project: Option<ProjectId>,
        document: DocumentId,
        now: Timestamp,
    ) -> Result<Option<Remains>, ArchiveError> {
        let shelf = self.shelf.as_ref().ok_or(ArchiveError::NoArchive)?;
        let candidates = candidates(shelf, project, document).await?;
        let (mut rows, mut last): (Vec<SegmentRow>, Option<Label>) = (Vec::new(), None);
        loop {
            let next = last.as_ref().map_or(1, |label| label.last_seq + 1);
            let chain = last.as_ref().map_or(Chain::START, |label| label.chain);
            let Some((row, label)) =
                longest(shelf, &candidates, document, (next, chain), now).await?
            else {
                break;
            };
            rows.push(row);
            last = Some(label);
        }
        Ok(last.map(|Label { project, title, last_seq, .. }| Remains {
            rows,
            project,
            title,
            last_seq,
        }))
    }

    /// Makes the remains the history of a document that exists and has none.
    ///
    /// # Errors
    /// [`ArchiveError::Changed`] when it has a history.
    pub async fn adopt(
        &self,
        document: DocumentId,
        remains: Remains,
        now: Timestamp,
    ) -> Result<(), ArchiveError> {
        self.engine.adopt(document, remains.rows, now).await
    }

    /// How far the history of a document goes; `None` when there is no such document.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn head(&self, document: DocumentId) -> Result<Option<u64>, StoreError> {
        Ok(self.engine.standing(document).await?.map(|standing| standing.head))
    }
}

/// Objects by their names, the longest first.
async fn candidates(
    shelf: &Shelf,
    project: Option<ProjectId>,
    document: DocumentId,
) -> Result<Vec<Candidate>, ArchiveError> {
    let place = format!("documents/{document}");
    let prefix = project
        .map_or_else(|| "project".to_owned(), |project| format!("project/{project}/{place}"));
    let objects = shelf.blobs.list(&prefix).await?;
    let middle = format!("/{place}/");
    let mut candidates: Vec<Candidate> = objects
        .into_iter()
        .filter(|object| object.key.contains(&middle))
        .filter_map(|object| Candidate::named(object.key))
        .collect();
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.last_seq));
    Ok(candidates)
}

impl Candidate {
    fn named(key: String) -> Option<Self> {
        let mut parts = key.rsplit('/').next()?.split('-');
        let (first_seq, last_seq) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Self { key, first_seq, last_seq })
    }
}

/// The longest sound object that continues the chain.
async fn longest(
    shelf: &Shelf,
    candidates: &[Candidate],
    document: DocumentId,
    (next, chain): (u64, Chain),
    now: Timestamp,
) -> Result<Option<(SegmentRow, Label)>, ArchiveError> {
    for candidate in candidates.iter().filter(|candidate| candidate.first_seq == next) {
        let Some(object) = shelf.blobs.get(&candidate.key).await? else {
            continue;
        };
        let (key, range) = (candidate.key.clone(), (document, next, candidate.last_seq));
        let read = off_task(move || {
            let segment = Segment::unpack(&object)?.of_range(range)?;
            segment.check(chain)?;
            let row = SegmentRow::of_label(&segment.label, key, &object, now);
            Ok::<_, super::segment::SegmentError>((row, segment.label))
        });
        match read.await {
            Ok(found) => return Ok(Some(found)),
            Err(reason) => {
                tracing::warn!(key = candidate.key, %reason, "an object is passed over");
            }
        }
    }
    Ok(None)
}
