use async_trait::async_trait;

use super::event_store::StoreError;
use super::read_model::{DocumentRow, PrincipalKind};
use crate::access::{Company, Level, Recipient, Role};
use crate::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId, RootId};
use crate::project::ProjectKind;
use crate::projection::LinkUse;
use crate::time::Timestamp;

/// Who is in what, and what is given to whom: folded from events, never written otherwise.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Whom a document is given to, the highest level first.
    async fn recipients(&self, document: DocumentId) -> Result<Vec<GrantRow>, StoreError>;

    /// Who waits for an answer to a request for access, the first to ask first.
    async fn requests(&self, document: DocumentId) -> Result<Vec<RequestRow>, StoreError>;

    /// One project.
    async fn project(&self, project: ProjectId) -> Result<Option<ProjectRow>, StoreError>;

    /// The projects that any of these principals is in, by way of any number of groups; by name.
    async fn projects_of(&self, principals: &[PrincipalId]) -> Result<Vec<ProjectRow>, StoreError>;

    /// One group, if it is not deleted.
    async fn group(&self, group: GroupId) -> Result<Option<GroupRow>, StoreError>;

    /// The groups that any of these principals is in, and those of the projects that they manage; by name.
    async fn groups_of(&self, principals: &[PrincipalId]) -> Result<Vec<GroupRow>, StoreError>;

    /// The groups and the team projects that any of these principals is in, by way of any number of groups, and as what.
    /// What they are in as several things is there as often.
    async fn memberships(
        &self,
        principals: &[PrincipalId],
    ) -> Result<Vec<(Company, Role)>, StoreError>;

    /// Who is in a project or a group, the highest role first.
    async fn members(&self, company: Company) -> Result<Vec<MemberRow>, StoreError>;

    /// The links for anyone that have let any of these principals in, and that are open at `now`.
    async fn held_links(
        &self,
        principals: &[PrincipalId],
        now: Timestamp,
    ) -> Result<Vec<LinkId>, StoreError>;

    /// Whom a link has let in and what they did through it, as far as the log has been followed; in the order of their
    /// ids, those after `after`.
    async fn link_guests(
        &self,
        link: LinkId,
        after: Option<PrincipalId>,
        limit: u32,
    ) -> Result<Vec<LinkGuestRow>, StoreError>;

    /// Notes whose owners have all left, of one project or of all, in the order of their ids; those after `after`.
    async fn ownerless(
        &self,
        project: Option<ProjectId>,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<OwnerlessRow>, StoreError>;
}

/// Someone whom a link has let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkGuestRow {
    pub principal: PrincipalId,
    pub name: String,
    pub kind: PrincipalKind,
    pub root: RootId,
    /// Whether it is a user who has left.
    pub deleted: bool,
    pub redeemed_at: Timestamp,
    /// Since when an owner keeps them out.
    pub removed_at: Option<Timestamp>,
    pub used: LinkUse,
}

/// A note whose owners have all left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerlessRow {
    pub document: DocumentRow,
    /// One of those who owned it.
    pub owner: PrincipalId,
    /// What they were called.
    pub name: String,
}

/// Whom a document is given to. The name is that of the person or the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    pub recipient: Recipient,
    /// `None` for someone of whom nothing is known.
    pub name: Option<String>,
    /// `None` for a group.
    pub kind: Option<PrincipalKind>,
    pub root: Option<RootId>,
    /// Whether it is a user who has left.
    pub deleted: bool,
    pub level: Level,
    /// `None` for grants of before this was kept.
    pub granted_by: Option<PrincipalId>,
    /// What whoever gave it is called.
    pub granter: Option<String>,
    pub granted_at: Timestamp,
}

/// Someone who asks for access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    pub principal: PrincipalId,
    pub name: Option<String>,
    pub kind: Option<PrincipalKind>,
    pub root: Option<RootId>,
    pub message: Option<String>,
    pub asked_at: Timestamp,
}

/// Someone in a group or a project. The name is that of the person or the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    pub member: Recipient,
    pub name: Option<String>,
    pub kind: Option<PrincipalKind>,
    pub root: Option<RootId>,
    /// Whether it is a user who has left.
    pub deleted: bool,
    pub role: Role,
    pub added_at: Timestamp,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRow {
    pub id: ProjectId,
    pub name: String,
    pub kind: ProjectKind,
    pub created_at: Timestamp,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub id: GroupId,
    pub project: ProjectId,
    pub name: String,
    pub created_at: Timestamp,
}
