//! Reading a document wherever its history is: in objects, in the table, or moving from one to the other meanwhile.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use futures::stream::{self, StreamExt as _};
use sticky_domain::event::{Body, Event};
use sticky_domain::id::{DocumentId, PrincipalId, RootId};
use sticky_domain::port::{Loaded, Snapshot, StoreError, StoredUpdate, Updates};
use sticky_domain::stream::{StreamId, StreamKind};

use crate::archive::{ArchiveError, Kind, Segment, SegmentRow, Shelf};
use crate::engine::Engine;
use crate::in_time::in_time;

/// How often a read begins again because what it was about to read had just been merged or moved.
const ATTEMPTS: usize = 8;

/// Objects that a load waits for at the same time.
const OPENED_AT_ONCE: usize = 4;

/// An engine, and the objects that its archive names.
pub(crate) struct Histories<'a> {
    pub(crate) engine: &'a dyn Engine,
    pub(crate) shelf: Option<&'a Shelf>,
}

impl Histories<'_> {
    pub(crate) async fn load(
        &self,
        document: DocumentId,
        below: Option<u64>,
        upto: Option<u64>,
    ) -> Result<Loaded, StoreError> {
        for _ in 0..ATTEMPTS {
            match self.try_load(document, below, upto).await {
                Err(ArchiveError::Missing(_)) => {}
                other => return Ok(other?),
            }
        }
        Err(lost(document))
    }

    async fn try_load(
        &self,
        document: DocumentId,
        below: Option<u64>,
        upto: Option<u64>,
    ) -> Result<Loaded, ArchiveError> {
        let found = in_time(self.engine.load(document, below, upto)).await?;
        let mut loaded = Loaded { snapshot: found.snapshot, tail: Vec::new(), head: found.head };
        let opening = found.segments.into_iter().map(|row| self.opened(row));
        let mut opened = stream::iter(opening).buffered(OPENED_AT_ONCE);
        while let Some((row, segment)) = opened.next().await {
            let segment = segment?;
            if segment.label.kind == Kind::Base {
                loaded.snapshot = Some(base(&row, &segment, upto)?);
                continue;
            }
            let after = reached(&loaded);
            loaded.tail.extend(self.updates_of(&row, &segment, after, upto).await?);
        }
        let after = reached(&loaded);
        loaded.tail.extend(found.tail.into_iter().filter(|update| update.seq > after));
        let wanted = upto.unwrap_or(found.head).min(found.head);
        if reached(&loaded) < wanted {
            let missing = format!("change {} of note {document}", reached(&loaded) + 1);
            return Err(StoreError::Corrupt(format!("{missing} is nowhere")).into());
        }
        Ok(loaded)
    }

    pub(crate) async fn updates(
        &self,
        document: DocumentId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Updates, StoreError> {
        let mut page = Page { updates: Vec::new(), after, room: Some(max_bytes) };
        let mut stalled = 0;
        while stalled < ATTEMPTS {
            let room = page.room.unwrap_or(0);
            let rest = in_time(self.engine.updates(document, page.after, room)).await?;
            let begins_here = rest.updates.first().is_some_and(|next| next.seq == page.after + 1);
            if begins_here || page.after >= rest.head {
                page.extend(rest.updates);
                return Ok(Updates { updates: page.updates, head: rest.head });
            }
            match self.archived(document, page.after).await {
                Ok(archived) => page.extend(archived),
                Err(ArchiveError::Missing(_)) => stalled += 1,
                Err(error) => return Err(error.into()),
            }
            if page.room.is_none() {
                return Ok(Updates { updates: page.updates, head: rest.head });
            }
        }
        Err(lost(document))
    }

    /// A stream's events after `after`. Only documents' updates are ever archived.
    pub(crate) async fn stream(
        &self,
        stream: StreamId,
        after: u64,
    ) -> Result<Vec<Event>, StoreError> {
        let rows = in_time(self.engine.stream(stream, after)).await?;
        if stream.kind != StreamKind::Content
            || rows.first().is_some_and(|row| row.seq == after + 1)
        {
            return Ok(rows);
        }
        for _ in 0..ATTEMPTS {
            match self.try_stream(stream, after).await {
                Err(ArchiveError::Missing(_)) => {}
                other => return Ok(other?),
            }
        }
        Err(lost(DocumentId(stream.id)))
    }

    /// Events of a stream after `after`: at least one if there is one, then up to `max_bytes` of the table, or all that one
    /// segment has.
    pub(crate) async fn page(
        &self,
        stream: StreamId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Vec<Event>, StoreError> {
        for _ in 0..ATTEMPTS {
            let rows = in_time(self.engine.page(stream, after, max_bytes)).await?;
            let begins_here = rows.first().is_some_and(|row| row.seq == after + 1);
            if begins_here || stream.kind != StreamKind::Content {
                return Ok(rows);
            }
            match self.segment_page(DocumentId(stream.id), after).await {
                Ok(None) => return Ok(rows),
                Ok(Some(events)) => return Ok(events),
                Err(ArchiveError::Missing(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(lost(DocumentId(stream.id)))
    }

    async fn segment_page(
        &self,
        document: DocumentId,
        after: u64,
    ) -> Result<Option<Vec<Event>>, ArchiveError> {
        let Some(row) = self.segment_after(document, after).await? else {
            return Ok(None);
        };
        refuse_base(&row, after)?;
        let mut events = events_of(&row, &self.open(&row).await?)?;
        events.retain(|event| event.seq > after);
        Ok(Some(events))
    }

    async fn try_stream(&self, stream: StreamId, after: u64) -> Result<Vec<Event>, ArchiveError> {
        let mut events: Vec<Event> = Vec::new();
        let mut reached = after;
        while let Some(row) = self.segment_after(DocumentId(stream.id), reached).await? {
            let segment = self.open(&row).await?;
            refuse_base(&row, reached)?;
            events
                .extend(events_of(&row, &segment)?.into_iter().filter(|event| event.seq > reached));
            reached = row.last_seq;
        }
        events.extend(in_time(self.engine.stream(stream, reached)).await?);
        Ok(events)
    }

    /// The archived updates that come next, as far as one segment has them.
    async fn archived(
        &self,
        document: DocumentId,
        after: u64,
    ) -> Result<Vec<StoredUpdate>, ArchiveError> {
        let Some(row) = self.segment_after(document, after).await? else {
            return Err(ArchiveError::Missing(format!("change {} of note {document}", after + 1)));
        };
        refuse_base(&row, after)?;
        let segment = self.open(&row).await?;
        self.updates_of(&row, &segment, after, None).await
    }

    async fn segment_after(
        &self,
        document: DocumentId,
        after: u64,
    ) -> Result<Option<SegmentRow>, StoreError> {
        in_time(self.engine.segment_after(document, after)).await
    }

    async fn opened(&self, row: SegmentRow) -> (SegmentRow, Result<Segment, ArchiveError>) {
        let segment = self.open(&row).await;
        (row, segment)
    }

    /// Objects have a time of their own: what is slow is not away.
    async fn open(&self, row: &SegmentRow) -> Result<Segment, ArchiveError> {
        self.shelf.ok_or(ArchiveError::NoArchive)?.open(row).await
    }

    /// What a segment holds after `after` and up to `upto`, with the roots that the log does not keep.
    async fn updates_of(
        &self,
        row: &SegmentRow,
        segment: &Segment,
        after: u64,
        upto: Option<u64>,
    ) -> Result<Vec<StoredUpdate>, ArchiveError> {
        let wanted = after + 1..=upto.unwrap_or(u64::MAX);
        let mut roots: HashMap<PrincipalId, RootId> = HashMap::new();
        let mut updates = Vec::new();
        for event in events_of(row, segment)? {
            if !wanted.contains(&event.seq) {
                continue;
            }
            let principal = event.actor.principal;
            let root = match roots.entry(principal) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => {
                    *unknown.insert(in_time(self.engine.root(principal)).await?)
                }
            };
            updates.extend(update_of(event, root));
        }
        Ok(updates)
    }
}

/// Updates that are being gathered.
struct Page {
    updates: Vec<StoredUpdate>,
    after: u64,
    /// Bytes; `None` when it is full.
    room: Option<usize>,
}

impl Page {
    /// Takes the next updates, at least one, as far as there is room.
    fn extend(&mut self, updates: Vec<StoredUpdate>) {
        for update in updates {
            let left = self.room.and_then(|room| room.checked_sub(update.bytes.len()));
            if left.is_none() && !self.updates.is_empty() {
                self.room = None;
                return;
            }
            self.room = left;
            self.after = update.seq;
            self.updates.push(update);
        }
    }
}

fn events_of(row: &SegmentRow, segment: &Segment) -> Result<Vec<Event>, ArchiveError> {
    segment.events().map_err(|reason| ArchiveError::damaged(row.document, &row.key, reason))
}

fn update_of(event: Event, root: RootId) -> Option<StoredUpdate> {
    let Body::Update(bytes) = event.body else {
        return None;
    };
    Some(StoredUpdate {
        seq: event.seq,
        principal: event.actor.principal,
        root,
        via: event.actor.via,
        recorded_at: event.recorded_at,
        bytes,
    })
}

/// What a document came to, when what led to it has been removed.
fn base(row: &SegmentRow, segment: &Segment, upto: Option<u64>) -> Result<Snapshot, ArchiveError> {
    refuse_base(row, upto.map_or(row.last_seq, |upto| upto.min(row.last_seq)))?;
    segment.base().map_err(|reason| ArchiveError::damaged(row.document, &row.key, reason))
}

/// A base has nothing to say about a seq before its last.
fn refuse_base(row: &SegmentRow, after: u64) -> Result<(), ArchiveError> {
    match row.kind {
        Kind::Base if after < row.last_seq => Err(StoreError::Pruned(row.last_seq).into()),
        Kind::Base | Kind::Records => Ok(()),
    }
}

/// The seq up to which a document has been put together.
fn reached(loaded: &Loaded) -> u64 {
    let base = loaded.snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
    loaded.tail.last().map_or(base, |update| update.seq)
}

fn lost(document: DocumentId) -> StoreError {
    StoreError::Unavailable(format!("the archived history of note {document} cannot be found"))
}
