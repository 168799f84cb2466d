//! Few large objects in the place of many small ones. A merged segment is a new one: what a range says never changes.

use std::time::Duration;

use bytes::Bytes;
use sticky_domain::id::DocumentId;

use super::archiver::{Archiver, Package};
use super::error::ArchiveError;
use super::row::SegmentRow;
use super::segment::{Kind, Label, Segment};
use super::term::Term;

/// Neighbours of about one size that become one.
const NEIGHBOURS: usize = 4;
/// No larger object is made by merging.
const MAX_BYTES: u64 = 16 << 20;
/// How long a loader may still read an object that has been replaced.
pub(super) const GRACE: Duration = Duration::from_secs(60 * 60);

/// An object and the segments that it would replace.
#[derive(Debug, Clone)]
pub struct Merged {
    pub(super) package: Package,
    pub(super) old: Vec<SegmentRow>,
}

impl Archiver {
    /// Packs neighbouring small segments of a document into one; `None` when there are too few.
    ///
    /// # Errors
    /// When one of them cannot be read or is not what was archived: then all stay as they are.
    pub async fn gather_small(&self, document: DocumentId) -> Result<Option<Merged>, ArchiveError> {
        let segments = self.engine.segments(document).await?;
        let Some(old) = small_neighbours(&segments) else {
            return Ok(None);
        };
        let mut records: Vec<Bytes> = Vec::new();
        let mut label: Option<Label> = None;
        for row in old {
            let segment = self.shelf.open(row).await?;
            let sound = segment.check(row.previous).and_then(|()| segment.records());
            records
                .extend(sound.map_err(|reason| ArchiveError::damaged(document, &row.key, reason))?);
            label = Some(
                label.map_or_else(|| segment.label.clone(), |first| first.upto(&segment.label)),
            );
        }
        let Some(label) = label else {
            return Ok(None);
        };
        let sealed_at = old.iter().map(|row| row.sealed_at).max().unwrap_or(self.clock.now());
        let package = self.package(Segment::of_records(label, &records), sealed_at).await;
        Ok(Some(Merged { package, old: old.to_vec() }))
    }

    /// Writes the merged object.
    ///
    /// # Errors
    /// As [`Archiver::put`].
    pub async fn put_merged(&self, merged: &Merged) -> Result<(), ArchiveError> {
        self.put(&merged.package).await
    }

    /// Puts the merged segment in the place of the small ones.
    ///
    /// # Errors
    /// As [`Archiver::seal`].
    pub async fn replace(&self, term: Term, merged: &Merged) -> Result<(), ArchiveError> {
        let garbage_from = self.clock.now().plus(GRACE);
        let Merged { package, old } = merged;
        self.engine.replace(term, old.clone(), package.row.clone(), garbage_from).await
    }
}

/// The first segments in a row, of one size class each, that are worth one object.
fn small_neighbours(segments: &[SegmentRow]) -> Option<&[SegmentRow]> {
    segments
        .chunk_by(|one, next| class(one).is_some() && class(one) == class(next))
        .map(|run| &run[..fitting(run)])
        .find(|run| run.len() >= NEIGHBOURS && class(&run[0]).is_some())
}

/// Powers of four: each byte is written anew a few times, however long a document grows.
fn class(row: &SegmentRow) -> Option<u32> {
    (row.kind == Kind::Records && row.bytes < MAX_BYTES).then(|| row.bytes.max(1).ilog2() / 2)
}

fn fitting(run: &[SegmentRow]) -> usize {
    let mut bytes = 0;
    run.iter()
        .take_while(|row| {
            bytes += row.bytes;
            bytes <= MAX_BYTES
        })
        .count()
}

#[cfg(test)]
mod tests {
    use sticky_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::archive::chain::Chain;

    fn rows(sizes: &[u64]) -> Vec<SegmentRow> {
        let row = |(bytes, seq): (&u64, u64)| SegmentRow {
            document: DocumentId(Uuid::nil()),
            first_seq: seq,
            last_seq: seq,
            kind: Kind::Records,
            key: String::new(),
            bytes: *bytes,
            sha256: [0; 32],
            previous: Chain::START,
            chain: Chain::START,
            sealed_at: Timestamp(0),
        };
        sizes.iter().zip(1..).map(row).collect()
    }

    #[test]
    fn neighbours_of_one_size_are_merged_and_large_ones_left_alone() {
        type Row<'a> = (&'a [u64], Option<(u64, u64)>);
        let table: [Row<'_>; 6] = [
            (&[], None),
            (&[100, 100, 100], None),
            (&[100, 100, 100, 100], Some((1, 4))),
            (&[9_000, 100, 100, 100, 100, 100], Some((2, 6))),
            (&[100, 100, 9_000, 100, 100], None),
            (&[6 << 20, 6 << 20, 6 << 20, 6 << 20], None),
        ];
        for (sizes, expected) in table {
            let rows = rows(sizes);
            let found = small_neighbours(&rows);
            let range = found.map(|run| (run[0].first_seq, run[run.len() - 1].last_seq));
            assert_eq!(range, expected, "{sizes:?}");
        }
    }
}
