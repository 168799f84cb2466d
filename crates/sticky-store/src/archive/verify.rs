//! Walking through everything that was ever recorded, to find what has changed since.

use serde::Serialize;
use sticky_domain::id::DocumentId;
use sticky_domain::port::StoreError;
use uuid::Uuid;

use super::archiver::DOCUMENTS;
use super::chain::Chain;
use super::error::ArchiveError;
use super::ledger::Standing;
use super::row::SegmentRow;
use super::segment::Kind;
use crate::Store;

/// Rows that are read at once.
const PAGE: u64 = 200;
/// How often a document is begun again because its segments were merged meanwhile.
const ATTEMPTS: usize = 8;

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub document: DocumentId,
    /// The object, when it is in one.
    pub segment: Option<String>,
    pub first_seq: u64,
    pub last_seq: u64,
    pub problem: String,
    /// What to do about it.
    pub advice: String,
}

/// What was walked through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Walked {
    pub events: u64,
    pub segments: u64,
}

impl Store {
    /// How many documents there are to verify.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_written(&self) -> Result<u64, StoreError> {
        self.engine.count_written().await
    }

    /// The documents after `after` that have anything to verify, some at a time, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn written_after(
        &self,
        after: Option<DocumentId>,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let after = after.map_or(Uuid::nil(), |document| document.0);
        self.engine.written_ones(after, DOCUMENTS).await
    }

    /// Walks through the history of a document: every object by its hash, every record by the hash chain, every seq.
    ///
    /// # Errors
    /// When database or archive cannot be reached; what is damaged is a finding.
    pub async fn verify(&self, document: DocumentId) -> Result<(Walked, Vec<Finding>), StoreError> {
        for _ in 0..ATTEMPTS {
            let begun = self.engine.segments(document).await?;
            let verified = self.try_verify(document, &begun).await?;
            if verified.1.is_empty() || self.engine.segments(document).await? == begun {
                return Ok(verified);
            }
        }
        Err(ArchiveError::Changed.into())
    }

    async fn try_verify(
        &self,
        document: DocumentId,
        segments: &[SegmentRow],
    ) -> Result<(Walked, Vec<Finding>), StoreError> {
        let mut walk = Walk::default();
        let Some(standing) = self.engine.standing(document).await? else {
            return Ok((walk.walked, walk.findings));
        };
        for row in segments {
            self.walk_segment(&mut walk, row).await?;
        }
        walk.end_of_archive(document, &standing);
        self.walk_rows(&mut walk, document, &standing).await?;
        Ok((walk.walked, walk.findings))
    }

    async fn walk_segment(&self, walk: &mut Walk, row: &SegmentRow) -> Result<(), StoreError> {
        let begins = walk.reached + 1;
        if row.first_seq != begins || row.previous != walk.chain {
            walk.found(
                row,
                format!(
                    "it does not continue the one before it, which ends with change {}",
                    walk.reached
                ),
            );
        }
        let shelf = self.shelf.as_ref().ok_or(StoreError::from(ArchiveError::NoArchive))?;
        match shelf.open(row).await {
            Ok(segment) => match segment.check(row.previous) {
                Ok(()) if segment.label.chain == row.chain => walk.walked.events += row.events(),
                Ok(()) => walk.found(row, "it is not the object that was archived".to_owned()),
                Err(reason) => walk.found(row, reason.to_string()),
            },
            Err(ArchiveError::Damaged { reason, .. }) => walk.found(row, reason),
            Err(ArchiveError::Missing(_)) => walk.found(row, "it is not there".to_owned()),
            Err(error) => return Err(error.into()),
        }
        walk.walked.segments += 1;
        (walk.reached, walk.chain) = (row.last_seq, row.chain);
        Ok(())
    }

    /// What has not been archived has no hash yet; it must be whole and readable.
    async fn walk_rows(
        &self,
        walk: &mut Walk,
        document: DocumentId,
        standing: &Standing,
    ) -> Result<(), StoreError> {
        let mut next = standing.archived_to + 1;
        while next <= standing.head {
            let problem = match self.engine.events(document, next, standing.head, PAGE).await {
                Ok(page)
                    if page.iter().zip(next..).all(|(event, seq)| event.seq == seq)
                        && !page.is_empty() =>
                {
                    walk.walked.events += page.len() as u64;
                    next += page.len() as u64;
                    continue;
                }
                Ok(_) => "changes are missing from the database".to_owned(),
                Err(StoreError::Corrupt(reason)) => reason,
                Err(error) => return Err(error),
            };
            walk.findings.push(Finding {
                document,
                segment: None,
                first_seq: next,
                last_seq: standing.head,
                problem,
                advice: "restore the database from a backup".to_owned(),
            });
            return Ok(());
        }
        Ok(())
    }
}

struct Walk {
    reached: u64,
    chain: Chain,
    walked: Walked,
    findings: Vec<Finding>,
}

impl Default for Walk {
    fn default() -> Self {
        Self { reached: 0, chain: Chain::START, walked: Walked::default(), findings: Vec::new() }
    }
}

impl Walk {
    fn found(&mut self, row: &SegmentRow, problem: String) {
        let sha256 = Chain(row.sha256);
        self.findings.push(Finding {
            document: row.document,
            segment: Some(row.key.clone()),
            first_seq: row.first_seq,
            last_seq: row.last_seq,
            problem,
            advice: format!(
                "put the object back from a backup of the archive; its SHA-256 is {sha256}"
            ),
        });
    }

    fn end_of_archive(&mut self, document: DocumentId, standing: &Standing) {
        if (self.reached, self.chain) == (standing.archived_to, standing.chain) {
            return;
        }
        self.findings.push(Finding {
            document,
            segment: None,
            first_seq: self.reached + 1,
            last_seq: standing.archived_to,
            problem: "the database has lost segments".to_owned(),
            advice:
                "restore the database from a backup, or the note with `sticky document restore`"
                    .to_owned(),
        });
    }
}

impl SegmentRow {
    fn events(&self) -> u64 {
        match self.kind {
            Kind::Records => self.count(),
            Kind::Base => 0,
        }
    }
}
