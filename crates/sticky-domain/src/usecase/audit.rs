use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Ports, Refusal};
use crate::event::Event;
use crate::id::PrincipalId;
use crate::port::{AuditQuestion, Totals};

/// Looking back at what was done, for whoever runs the server. The doors let nobody else ask.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Audit {
    ports: Ports,
}

/// An event, and what its actor is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub event: Event,
    pub name: Option<String>,
}

/// A page of events, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// `before` of the next page, if there is one.
    pub next: Option<u64>,
}

impl Audit {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// The events that the question means.
    pub async fn events(&self, question: &AuditQuestion) -> Result<AuditPage, Refusal> {
        // One more than asked for tells whether there is another page.
        let more = AuditQuestion { limit: question.limit.saturating_add(1), ..question.clone() };
        let mut events = self.ports.audit.facts(&more).await?;
        let limit = question.limit as usize;
        let goes_on = events.len() > limit;
        events.truncate(limit);
        let next = events.last().filter(|_| goes_on).map(|last| last.position);
        Ok(AuditPage { entries: self.named(events).await?, next })
    }

    /// How much there is of everything.
    pub async fn totals(&self) -> Result<Totals, Refusal> {
        Ok(self.ports.audit.totals().await?)
    }

    async fn named(&self, events: Vec<Event>) -> Result<Vec<AuditEntry>, Refusal> {
        let mut names: HashMap<PrincipalId, Option<String>> = HashMap::new();
        let mut entries = Vec::with_capacity(events.len());
        for event in events {
            let name = match names.entry(event.actor.principal) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(unknown) => {
                    let row = self.ports.read.principal(event.actor.principal).await?;
                    unknown.insert(row.map(|row| row.name)).clone()
                }
            };
            entries.push(AuditEntry { event, name });
        }
        Ok(entries)
    }
}
