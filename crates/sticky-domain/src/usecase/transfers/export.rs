use super::{Transfers, directly};
use crate::event::{Event, Fact};
use crate::export::{Ending, ExportWriter, Person};
use crate::id::{DocumentId, PrincipalId, RootId};
use crate::port::{Expected, StoreError};
use crate::stream::StreamId;
use crate::usecase::Refusal;

/// Bytes of updates that are read at once.
const PAGE: usize = 4 << 20;

/// An export on its way out. Holds to the updates that there were when it began.
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Exporter {
    transfers: Transfers,
    document: DocumentId,
    writer: ExportWriter,
    /// The first line, until it has been taken.
    heading: Option<Vec<u8>>,
    /// The newest seq of the updates.
    head: u64,
    /// The newest seqs of the updates and the facts that have been taken.
    updates: u64,
    facts: u64,
}

impl Transfers {
    /// Begins the export of a note, trashed ones included.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such note.
    pub async fn export(&self, document: DocumentId) -> Result<Exporter, Refusal> {
        let first = self.first_fact(document).await?;
        // Of a note that was purged a later one is left.
        if first.is_none_or(|first| first.seq != 1) {
            return Err(Refusal::NotFound);
        }
        let head = self.ports.events.updates(document, u64::MAX, 0).await?.head;
        let (writer, heading) = ExportWriter::begin(document);
        let (transfers, heading) = (self.clone(), Some(heading));
        Ok(Exporter { transfers, document, writer, heading, head, updates: 0, facts: 0 })
    }

    /// Records that `document` was exported, once the export is safe where it was written.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub async fn record_export(
        &self,
        document: DocumentId,
        ending: Ending,
        operator: PrincipalId,
    ) -> Result<(), Refusal> {
        let exported = Fact::DocumentExported { seq: ending.updates, sha256: ending.lines_sha256 };
        let stream = StreamId::document(document);
        self.ports
            .append(stream, Expected::Any, vec![exported], directly(operator), &[])
            .await
            .map(drop)
            .map_err(Refusal::from)
    }

    pub(super) async fn first_fact(
        &self,
        document: DocumentId,
    ) -> Result<Option<Event>, StoreError> {
        let first = self.histories.page(StreamId::document(document), 0, 0).await?;
        Ok(first.into_iter().next())
    }

    async fn person(&self, id: PrincipalId) -> Result<Person, StoreError> {
        let known = self.ports.read.principal(id).await?;
        Ok(match known {
            Some(row) => Person { id, name: Some(row.name), root: row.root },
            None => Person { id, name: None, root: RootId::from(id) },
        })
    }
}

impl Exporter {
    /// How many updates there are in all.
    pub fn total(&self) -> u64 {
        self.head
    }

    /// How many updates have been taken.
    pub fn taken(&self) -> u64 {
        self.updates
    }

    /// The next lines; none when only [`Exporter::finish`] is left.
    ///
    /// # Errors
    /// When the log cannot be read, or is not whole.
    pub async fn lines(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        if let Some(heading) = self.heading.take() {
            return Ok(Some(heading));
        }
        if self.updates < self.head {
            let updates = self.next_updates().await?;
            return self.written(updates).await.map(Some);
        }
        let facts = self.page(StreamId::document(self.document), self.facts).await?;
        self.facts += facts.len() as u64;
        if facts.is_empty() { Ok(None) } else { self.written(facts).await.map(Some) }
    }

    /// The last line, without which the export is not whole.
    pub fn finish(self) -> (Vec<u8>, Ending) {
        self.writer.end()
    }

    async fn next_updates(&mut self) -> Result<Vec<Event>, Refusal> {
        let mut updates = self.page(StreamId::content(self.document), self.updates).await?;
        if updates.is_empty() {
            return Err(missing(self.updates + 1).into());
        }
        updates.retain(|update| update.seq <= self.head);
        self.updates += updates.len() as u64;
        Ok(updates)
    }

    async fn page(&self, stream: StreamId, after: u64) -> Result<Vec<Event>, Refusal> {
        let events = self.transfers.histories.page(stream, after, PAGE).await?;
        match (after + 1..).zip(&events).find(|(seq, event)| event.seq != *seq) {
            Some((seq, _)) => Err(missing(seq).into()),
            None => Ok(events),
        }
    }

    async fn written(&mut self, events: Vec<Event>) -> Result<Vec<u8>, Refusal> {
        let mut lines = Vec::new();
        for event in events {
            let actor = event.actor.principal;
            if !self.writer.knows(actor) {
                let person = self.transfers.person(actor).await?;
                lines.extend(self.writer.person(person));
            }
            lines.extend(self.writer.event(&event.into()));
        }
        Ok(lines)
    }
}

fn missing(seq: u64) -> StoreError {
    StoreError::Corrupt(format!("the log of the note lacks event {seq}"))
}
