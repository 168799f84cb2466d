use async_trait::async_trait;

use super::event_store::StoreError;
use crate::event::Event;
use crate::id::{DocumentId, LinkId, PrincipalId};
use crate::time::Timestamp;

/// The control lane, asked about: who did what, when, and what let them.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// The events that the question means, the newest first.
    async fn facts(&self, question: &AuditQuestion) -> Result<Vec<Event>, StoreError>;

    /// How much there is of everything.
    async fn totals(&self) -> Result<Totals, StoreError>;
}

/// Which events are meant: those that all of the filters let through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuestion {
    /// Who acted.
    pub principal: Option<PrincipalId>,
    /// What happened to this document.
    pub document: Option<DocumentId>,
    /// What came by this link, or happened to it.
    pub link: Option<LinkId>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Before this position of the lane.
    pub before: Option<u64>,
    pub limit: u32,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub documents: u64,
    pub trashed_documents: u64,
    /// Links that are not turned off.
    pub links: u64,
    pub principals: u64,
    /// Facts of the control lane.
    pub facts: u64,
    pub updates: u64,
    /// What the database takes, in bytes.
    pub bytes: u64,
}
