use async_trait::async_trait;

use super::event_store::StoreError;
use crate::access::{Caller, Company, Right, Standing};
use crate::id::DocumentId;

/// Decides from grants and links, as they stand in the database, what a caller may do.
#[async_trait]
pub trait Access: Send + Sync {
    /// The highest right that the caller's claims give on the document, held to `caller.at_most`.
    /// `None` when it does not exist, is not in the chosen project, or nothing gives any right: the three look the same.
    async fn right(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Option<Right>, StoreError>;

    /// What the caller's claims make them in a project or a group, by way of any number of groups. Whoever manages a
    /// project manages its groups; whoever is in it sees them. `None` when it does not exist, is not in the chosen project,
    /// or the caller is not in it: the three look the same.
    async fn role(&self, caller: &Caller, company: Company)
    -> Result<Option<Standing>, StoreError>;
}
