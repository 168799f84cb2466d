use async_trait::async_trait;
use uuid::Uuid;

use super::event_store::StoreError;
use super::read_model::DocumentRow;
use crate::id::{DocumentId, ProjectId};
use crate::search::Query;

/// Finds notes by what they say.
#[async_trait]
pub trait Search: Send + Sync {
    /// Notes of the lists that the index has for the query, those made last first. The index may have a few more than
    /// those that are meant.
    async fn find(&self, request: &SearchRequest) -> Result<Vec<Found>, StoreError>;
}

/// What to look for, where and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// Whose lists: of principals, groups, or a project.
    pub lists: Vec<Uuid>,
    /// Only what is in this project.
    pub project: Option<ProjectId>,
    pub query: Query,
    pub within: Within,
    pub limit: usize,
}

/// Where a query must be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    Title,
    /// In the title, perhaps with a typo.
    NearTitle,
    /// In the title and the text together.
    Everything,
}

/// A note that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub row: DocumentRow,
    /// The beginning of its text, as far as it is indexed.
    pub text: String,
}

impl Found {
    pub fn id(&self) -> DocumentId {
        self.row.id
    }
}
