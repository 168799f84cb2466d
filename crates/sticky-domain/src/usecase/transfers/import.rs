use std::io;

use super::past::{Copy, check_fact, check_name, links, revocations};
use super::{ImportError, Transfers, directly};
use crate::access::{Level, Recipient};
use crate::event::{Body, Fact};
use crate::export::{Ending, ExportReader, Person, Record};
use crate::id::{DocumentId, PrincipalId, ProjectId};
use crate::op_key::OpKey;
use crate::port::{AppendError, Expected, PastEvent};
use crate::stream::StreamId;
use crate::usecase::Refusal;

/// Updates that are written at once.
const CHUNK: usize = 500;
/// No more is added to a chunk of so many bytes.
const CHUNK_BYTES: usize = 4 << 20;

/// An export that was read to its end and found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    pub document: DocumentId,
    pub ending: Ending,
}

/// What has been imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    pub document: DocumentId,
    pub updates: u64,
    pub facts: u64,
    /// People whom nobody knew here before.
    pub people: usize,
}

/// Lines without their line feeds.
pub trait Lines: Iterator<Item = io::Result<Vec<u8>>> + Send {}

impl<I: Iterator<Item = io::Result<Vec<u8>>> + Send> Lines for I {}

impl Transfers {
    /// Reads an export to its end, and writes nothing.
    ///
    /// # Errors
    /// When any of it is damaged, or is not what a note could have come to by way of its sessions.
    pub fn check(&self, lines: impl Lines) -> Result<Import, ImportError> {
        let mut reader = ExportReader::default();
        let mut vet = self.vetting.begin();
        let mut facts = Vec::new();
        for line in lines {
            match reader.read(&line?)? {
                Record::Update { envelope, update } => vet
                    .take(update)
                    .map_err(|unfit| ImportError::Update { seq: envelope.seq, unfit })?,
                Record::Fact { envelope, fact } => {
                    let seq = envelope.seq;
                    check_fact(seq, &fact).map_err(|reason| ImportError::Fact { seq, reason })?;
                    facts.push(fact);
                }
                Record::Person(Person { id, name: Some(name), .. }) => {
                    check_name(&name).map_err(|reason| ImportError::Person { id, reason })?
                }
                Record::Person(_) | Record::Document(_) | Record::End(_) => {}
            }
        }
        let (heading, ending) = reader.finish()?;
        vet.finish().map_err(ImportError::Note)?;
        if facts.is_empty() || links(facts.iter()).is_none() {
            return Err(ImportError::Fact { seq: ending.facts, reason: "a link is made once" });
        }
        Ok(Import { document: heading.document, ending })
    }

    /// Writes an export that was found good, as the note that it is of, or as a copy when `as_new`. Whoever could open
    /// it elsewhere cannot here: it is `owner`'s. Interrupted, it goes on when it is begun again.
    ///
    /// # Errors
    /// [`ImportError::Exists`] when there is such a note.
    pub async fn import(
        &self,
        import: Import,
        lines: impl Lines,
        owner: PrincipalId,
        as_new: bool,
    ) -> Result<Imported, ImportError> {
        let copy = as_new.then(|| Copy(DocumentId(self.ports.ids.id())));
        let document = copy.map_or(import.document, |copy| copy.0);
        if self.first_fact(document).await?.is_some() {
            return Err(ImportError::Exists);
        }
        let project = self.project_of(owner).await?;
        let mut writing =
            Writing { transfers: self, document, copy, updates: Vec::new(), bytes: 0 };
        let (facts, people) = writing.write_updates(import, lines).await?;
        self.refuse_links_of_others(&facts).await?;
        let admitted = self.admit(&people, project).await?;
        let facts = self.with_new_owner(facts, import.ending, project, owner);
        let count = facts.len() as u64;
        self.histories.write_facts(document, facts).await?;
        Ok(Imported { document, updates: import.ending.updates, facts: count, people: admitted })
    }

    async fn project_of(&self, owner: PrincipalId) -> Result<ProjectId, ImportError> {
        let row = self.ports.read.principal(owner).await?;
        row.map(|row| row.project).ok_or(ImportError::NoSuchOwner(owner))
    }

    async fn refuse_links_of_others(&self, facts: &[PastEvent]) -> Result<(), ImportError> {
        for link in links(facts_of(facts).into_iter()).unwrap_or_default() {
            if self.ports.read.link(link).await?.is_some() {
                return Err(ImportError::LinkExists(link));
            }
        }
        Ok(())
    }

    /// Makes those known whom nobody knows here, as guests: their names and their client ids stay theirs.
    async fn admit(&self, people: &[Person], project: ProjectId) -> Result<usize, ImportError> {
        let mut admitted = 0;
        for Person { id, name, root } in people {
            let Some(name) = name.clone() else { continue };
            let fact = Fact::GuestAdmitted { project, name, root: *root };
            let stream = StreamId::principal(*id);
            let appended =
                self.ports.append(stream, Expected::Seq(0), vec![fact], directly(*id), &[]).await;
            match appended {
                Ok(_) => admitted += 1,
                Err(AppendError::Conflict) => {}
                Err(error) => return Err(Refusal::from(error).into()),
            }
        }
        Ok(admitted)
    }

    fn with_new_owner(
        &self,
        mut facts: Vec<PastEvent>,
        ending: Ending,
        project: ProjectId,
        owner: PrincipalId,
    ) -> Vec<PastEvent> {
        let recipient = Recipient::Principal(owner);
        let mut new = vec![Fact::DocumentImported { project, sha256: ending.lines_sha256 }];
        new.extend(revocations(&facts_of(&facts)));
        new.push(Fact::PermissionGranted { recipient, level: Level::Owner, replaces: None });
        for fact in new {
            facts.push(PastEvent {
                seq: facts.len() as u64 + 1,
                actor: directly(owner),
                op: OpKey::of(owner, self.ports.ids.id().as_bytes()),
                recorded_at: self.ports.clock.now(),
                body: Body::Fact(fact),
            });
        }
        facts
    }
}

fn facts_of(events: &[PastEvent]) -> Vec<&Fact> {
    events.iter().filter_map(|event| fact_of(&event.body)).collect()
}

fn fact_of(body: &Body) -> Option<&Fact> {
    match body {
        Body::Fact(fact) => Some(fact),
        Body::Update(_) => None,
    }
}

/// The second reading of an export.
struct Writing<'a> {
    transfers: &'a Transfers,
    document: DocumentId,
    copy: Option<Copy>,
    /// The chunk that is being filled.
    updates: Vec<PastEvent>,
    bytes: usize,
}

impl Writing<'_> {
    /// Writes the updates; returns the facts, and who acted.
    async fn write_updates(
        &mut self,
        import: Import,
        lines: impl Lines,
    ) -> Result<(Vec<PastEvent>, Vec<Person>), ImportError> {
        let (mut facts, mut people) = (Vec::new(), Vec::new());
        let mut reader = ExportReader::default();
        for line in lines {
            match reader.read(&line?)? {
                Record::Update { envelope, update } => {
                    self.bytes += update.len();
                    self.updates.push(self.copied(envelope.with(Body::Update(update))));
                    self.flush_when(self.updates.len() >= CHUNK || self.bytes >= CHUNK_BYTES)
                        .await?;
                }
                Record::Fact { envelope, fact } => {
                    let fact = self.copy.map_or(fact.clone(), |copy| copy.fact(fact));
                    facts.push(self.copied(envelope.with(Body::Fact(fact))));
                }
                Record::Person(person) => people.push(person),
                Record::Document(_) | Record::End(_) => {}
            }
        }
        let (heading, ending) = reader.finish()?;
        if (Import { document: heading.document, ending }) != import {
            return Err(ImportError::Changed);
        }
        self.flush_when(!self.updates.is_empty()).await?;
        Ok((facts, people))
    }

    fn copied(&self, event: PastEvent) -> PastEvent {
        self.copy.map_or(event.clone(), |copy| copy.event(event))
    }

    async fn flush_when(&mut self, due: bool) -> Result<(), ImportError> {
        if due {
            self.bytes = 0;
            let updates = std::mem::take(&mut self.updates);
            self.transfers.histories.write_updates(self.document, updates).await?;
        }
        Ok(())
    }
}
