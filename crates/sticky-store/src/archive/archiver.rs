//! The one who moves history. Each step stands alone: whoever is stopped between two of them has lost nothing, and
//! whoever comes next begins again from the database.

use std::sync::Arc;

use bytes::Bytes;
use sticky_domain::event::{Body, Event};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{BlobError, Clock, Compactor, Ids};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::chain::{Chain, sha256};
use super::error::ArchiveError;
use super::ledger::Waiting;
use super::policy::Policy;
use super::record;
use super::row::SegmentRow;
use super::segment::{Kind, Label, Segment};
use super::shelf::{Shelf, off_task};
use super::term::{SPAN, Term};
use crate::Store;
use crate::engine::Engine;

/// Events that are read at once.
const PAGE: u64 = 100;
/// Events that leave in one transaction: nobody writes to SQLite while they do.
const MAX_EVENTS: u64 = 10_000;
/// Documents that are looked up at once.
pub(super) const DOCUMENTS: u64 = 500;

/// Moves old history into objects. Any number may run; one at a time has the lease.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Archiver {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) shelf: Shelf,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) policy: Policy,
    pub(super) compactor: Arc<dyn Compactor>,
    ids: Arc<dyn Ids>,
    owner: Uuid,
}

/// An object and the row that would make it a segment.
#[derive(Debug, Clone)]
pub struct Package {
    pub(super) row: SegmentRow,
    object: Bytes,
}

impl Archiver {
    /// `None` for a store without an archive.
    pub fn new(
        store: &Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        compactor: Arc<dyn Compactor>,
        policy: Policy,
    ) -> Option<Self> {
        let shelf = store.shelf.clone()?;
        let (engine, owner) = (Arc::clone(&store.engine), ids.id());
        Some(Self { engine, shelf, clock, policy, compactor, ids, owner })
    }

    /// Takes or keeps the lease; `None` while someone else has it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn claim(&self) -> Result<Option<Term>, ArchiveError> {
        let now = self.clock.now();
        let epoch = self.engine.claim(self.owner, now, now.plus(SPAN)).await?;
        Ok(epoch.map(|epoch| Term { owner: self.owner, epoch }))
    }

    /// Whether an object that is there keeps another of its name from being written. Some servers promise that and do not
    /// hold it; nothing rests on it.
    ///
    /// # Errors
    /// When the archive cannot be reached.
    pub async fn keeps_what_is_there(&self) -> Result<bool, ArchiveError> {
        let (key, blobs) = (format!("probe/{}", self.ids.id().simple()), &self.shelf.blobs);
        blobs.put_new(&key, Bytes::from_static(b"first")).await?;
        let second = blobs.put_new(&key, Bytes::from_static(b"second")).await;
        blobs.delete(&key).await?;
        match second {
            Ok(()) => Ok(false),
            Err(BlobError::Exists(_)) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets the next archiver begin at once.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn release(&self, term: Term) -> Result<(), ArchiveError> {
        Ok(self.engine.release(term).await?)
    }

    /// Whether the term goes on; it is made longer.
    pub(super) async fn renew(&self, term: Term) -> Result<(), ArchiveError> {
        match self.claim().await? {
            Some(same) if same == term => Ok(()),
            _ => Err(ArchiveError::Fenced),
        }
    }

    /// Packs the next events of a document that are to leave; `None` when none are.
    ///
    /// # Errors
    /// [`ArchiveError::Changed`] when they are leaving already.
    pub async fn cut(&self, document: DocumentId) -> Result<Option<Package>, ArchiveError> {
        let Policy { hot_events, hot_for, .. } = self.policy;
        let before = self.clock.now().minus(hot_for);
        let waiting = self.engine.waiting(document, hot_events, before).await?;
        let Some(waiting) = waiting.filter(|waiting| self.is_due(waiting)) else {
            return Ok(None);
        };
        let events = self.gather(document, &waiting).await?;
        self.pack(document, waiting, events).await.map(Some)
    }

    fn is_due(&self, waiting: &Waiting) -> bool {
        let Policy { bytes, after, hot_for, .. } = self.policy;
        let waited = self.clock.now().since(waiting.since);
        waiting.bytes >= bytes || waited >= hot_for.saturating_add(after)
    }

    /// Events from the first one that waits, as many as make a segment.
    async fn gather(
        &self,
        document: DocumentId,
        waiting: &Waiting,
    ) -> Result<Vec<Event>, ArchiveError> {
        let last = waiting.last.min(waiting.first + MAX_EVENTS - 1);
        let (mut events, mut bytes) = (Vec::new(), 0);
        loop {
            let next = waiting.first + events.len() as u64;
            let page = self.engine.events(document, next, last, PAGE).await?;
            for (event, expected) in page.into_iter().zip(next..) {
                if event.seq != expected {
                    return Err(ArchiveError::Changed);
                }
                bytes += size(&event);
                events.push(event);
                if bytes >= self.policy.bytes || expected == last {
                    return Ok(events);
                }
            }
            if waiting.first + events.len() as u64 == next {
                return Err(ArchiveError::Changed);
            }
        }
    }

    async fn pack(
        &self,
        document: DocumentId,
        waiting: Waiting,
        events: Vec<Event>,
    ) -> Result<Package, ArchiveError> {
        let records: Vec<Bytes> =
            events.iter().filter_map(record::encode).map(Bytes::from).collect();
        let seqs = (waiting.first, waiting.first + records.len() as u64 - 1);
        let chain = records.iter().fold(waiting.chain, |chain: Chain, record| chain.after(record));
        let place = (waiting.project, document);
        let chains = (waiting.chain, chain);
        let label = Label::new(Kind::Records, place, waiting.title, seqs, chains);
        Ok(self.package(Segment::of_records(label, &records), self.clock.now()).await)
    }

    /// Names the object, so that no other ever has its name.
    pub(super) async fn package(&self, segment: Segment, sealed_at: Timestamp) -> Package {
        let Label { project, document, first_seq, last_seq, .. } = &segment.label;
        let unique = self.ids.id().simple();
        let key = format!("project/{project}/documents/{document}/{first_seq}-{last_seq}-{unique}");
        off_task(move || {
            let object = segment.pack();
            Package { row: SegmentRow::of_label(&segment.label, key, &object, sealed_at), object }
        })
        .await
    }

    /// Writes the object. One that is there already is the one whose answer got lost.
    ///
    /// # Errors
    /// When it is not known to have been written.
    pub async fn put(&self, package: &Package) -> Result<(), ArchiveError> {
        let Package { row, object } = package;
        match self.shelf.blobs.put_new(&row.key, object.clone()).await {
            Err(BlobError::Exists(key)) => match self.shelf.blobs.get(&key).await? {
                Some(found) if sha256(&found) == row.sha256 => Ok(()),
                _ => Err(BlobError::Exists(key).into()),
            },
            other => Ok(other?),
        }
    }

    /// Lets the packed events leave the table: from here on they are in the object.
    ///
    /// # Errors
    /// [`ArchiveError::Fenced`] or [`ArchiveError::Changed`] when the package is of no use any more; nothing has
    /// happened then.
    pub async fn seal(&self, term: Term, package: &Package) -> Result<(), ArchiveError> {
        self.engine.seal(term, package.row.clone()).await
    }
}

fn size(event: &Event) -> u64 {
    match &event.body {
        Body::Update(bytes) => bytes.len() as u64,
        Body::Fact(_) => 0,
    }
}
