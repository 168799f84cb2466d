use async_trait::async_trait;

use super::event_store::StoreError;
use crate::access::Presence;
use crate::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId};
use crate::link::LinkTerms;
use crate::projection::LinkUse;
use crate::time::Timestamp;
use crate::title;

/// The read rows: folded from events, never written otherwise.
#[async_trait]
pub trait ReadModel: Send + Sync {
    /// One document's row.
    async fn document(
        &self,
        project: ProjectId,
        document: DocumentId,
    ) -> Result<Option<DocumentRow>, StoreError>;

    /// Documents that have been in the trash since before `before`, each with the seq of its metadata; at most `limit`.
    async fn trashed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError>;

    /// The links of a document, newest first.
    async fn links(&self, document: DocumentId) -> Result<Vec<LinkRow>, StoreError>;

    /// How the links of a document have been used by everyone together, as far as the log has been followed.
    async fn link_uses(&self, document: DocumentId) -> Result<Vec<(LinkId, LinkUse)>, StoreError>;

    /// How a link has been used by this one, as far as the log has been followed.
    async fn link_use(
        &self,
        link: LinkId,
        principal: PrincipalId,
    ) -> Result<Option<LinkUse>, StoreError>;

    /// One link, whatever its document.
    async fn link(&self, link: LinkId) -> Result<Option<LinkRow>, StoreError>;

    /// One principal.
    async fn principal(&self, principal: PrincipalId) -> Result<Option<PrincipalRow>, StoreError>;
}

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    pub id: DocumentId,
    pub project: ProjectId,
    /// The title that someone set.
    pub title: Option<String>,
    /// What the first line of the text gave at `derived_seq`.
    pub derived_title: String,
    pub derived_seq: u64,
    /// The newest seq of the content.
    pub head: u64,
    /// The seq of the metadata.
    pub version: u64,
    pub created_at: Timestamp,
    /// The newest change of metadata or content.
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

impl DocumentRow {
    /// What people see.
    pub fn effective_title(&self) -> &str {
        title::effective(self.title.as_deref(), &self.derived_title)
    }

    /// Whether the title follows text that has changed since it was derived.
    pub fn title_is_stale(&self) -> bool {
        self.title.is_none() && self.derived_seq < self.head
    }

    /// Whether the document is open for work.
    pub fn presence(&self) -> Presence {
        if self.deleted_at.is_some() { Presence::Trashed } else { Presence::Live }
    }
}

/// A share link as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    pub id: LinkId,
    pub document: DocumentId,
    pub project: ProjectId,
    pub terms: LinkTerms,
    /// How many people it has let in.
    pub uses: u64,
    /// `None` for links of before this was kept.
    pub created_by: Option<PrincipalId>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl LinkRow {
    /// Whether whoever is in by it may stay.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.terms.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it lets one more in.
    pub fn has_uses_left(&self) -> bool {
        self.terms.max_uses.is_none_or(|most| self.uses < u64::from(most))
    }
}

/// What kind of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    Guest,
    Service,
    User,
}

impl PrincipalKind {
    /// The stored and spoken name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Service => "service",
            Self::User => "user",
        }
    }

    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Guest, Self::Service, Self::User].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A principal's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalRow {
    pub id: PrincipalId,
    pub project: ProjectId,
    pub kind: PrincipalKind,
    pub name: String,
    pub root: RootId,
    /// The seq of the principal's stream.
    pub version: u64,
}
