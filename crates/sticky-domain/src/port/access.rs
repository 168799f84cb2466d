use async_trait::async_trait;

use super::event_store::StoreError;
use crate::access::{Caller, Right};
use crate::id::DocumentId;

/// Decides from grants and links, as they stand in the database, what a caller may do.
#[async_trait]
pub trait Access: Send + Sync {
    /// The highest right that the caller's claims give on the document, held to `caller.at_most`.
    /// `None` when it does not exist, belongs to another project, or nothing gives any right: the three look the same.
    async fn right(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Option<Right>, StoreError>;
}
