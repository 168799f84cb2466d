use std::collections::HashMap;

use async_trait::async_trait;
use uuid::Uuid;

use super::event_store::StoreError;
use super::read_model::DocumentRow;
use crate::id::{DocumentId, PrincipalId, ProjectId};
use crate::time::Timestamp;

/// Lists of notes: one for each who has been given any, and one for each project.
#[async_trait]
pub trait Lists: Send + Sync {
    /// A page of what the lists hold, each note once.
    async fn page(&self, request: &ListRequest) -> Result<DocumentPage, StoreError>;

    /// Rises with every change of what any of the lists holds.
    async fn version(&self, lists: &[Uuid]) -> Result<u64, StoreError>;

    /// What these are called, without those of whom nothing is known. No part of a page, for names change by themselves.
    async fn names(
        &self,
        principals: &[PrincipalId],
    ) -> Result<HashMap<PrincipalId, String>, StoreError>;
}

/// A question for a page of notes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListRequest {
    /// Whose lists: of principals, groups, or a project.
    pub lists: Vec<Uuid>,
    /// Only what is in this project.
    pub project: Option<ProjectId>,
    pub shelf: Shelf,
    pub trash: Trash,
    /// Part of the title, in any case; empty finds all.
    pub query: String,
    pub filter: ListFilter,
    pub insight: Insight,
    pub order: Order,
    pub at: PageAt,
    /// Rows per page.
    pub size: u32,
}

/// Which notes of those that someone has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shelf {
    All,
    /// Those that they own.
    Owned,
    /// Those that others own.
    Shared,
}

/// Whether to list what is in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trash {
    Without,
    With,
    Only,
}

/// Of which notes a filter tells whom they are shared with and what their links are called: that is for their owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Insight {
    All,
    /// Those that stand in the lists as owned.
    Owned,
    None,
}

/// What all notes of a list have in common. All of it must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ListFilter {
    pub created_by: Option<PrincipalId>,
    /// Given to the lists' owner by this one.
    pub shared_by: Option<PrincipalId>,
    /// Given to this one, too: a principal or a group. Without insight only if they were given it by the lists' owner, or
    /// the list is theirs.
    pub shared_with: Option<Uuid>,
    /// Has a link with this label that is not turned off. Without insight nothing has.
    pub label: Option<String>,
    /// Changed then or later.
    pub modified_since: Option<Timestamp>,
}

/// What a list is ordered by. Notes that are equal in it are ordered by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    pub by: SortBy,
    pub descending: bool,
}

/// One thing that lists can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    Modified,
    Created,
    /// What one principal made stands together.
    Creator,
    /// Without regard to case.
    Title,
}

impl Order {
    /// The newest change first.
    pub const NEWEST: Self = Self { by: SortBy::Modified, descending: true };
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PageAt {
    /// The n-th page, from 1.
    Number(u32),
    /// After this place in the order.
    After(ListPlace),
}

/// A place between two notes of an ordered list. It stays where it is when notes move.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListPlace {
    pub key: SortKey,
    pub document: DocumentId,
}

/// What a note is ordered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SortKey {
    Time(Timestamp),
    Principal(PrincipalId),
    Title(String),
}

impl SortKey {
    /// Whether it can be the key of something so ordered.
    pub const fn is_of(&self, by: SortBy) -> bool {
        matches!(
            (self, by),
            (Self::Time(_), SortBy::Modified | SortBy::Created)
                | (Self::Principal(_), SortBy::Creator)
                | (Self::Title(_), SortBy::Title)
        )
    }
}

/// A note of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDocument {
    pub row: DocumentRow,
    pub created_by: Option<PrincipalId>,
    /// Who gave it to whoever has the list; `None` where nobody else did.
    pub shared_by: Option<PrincipalId>,
}

/// A page of notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPage {
    pub items: Vec<ListedDocument>,
    /// How many there are in all; `None` when the page was asked for by a place.
    pub total: Option<u64>,
    /// The place behind the last row, when more follow.
    pub next: Option<ListPlace>,
}
