//! Pages of lists that were asked for lately.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use moka::future::Cache;
use sticky_domain::id::PrincipalId;
use sticky_domain::port::{DocumentPage, ListRequest, Lists, StoreError};
use uuid::Uuid;

/// Pages that are kept: some tens of megabytes.
const PAGES: u64 = 2_000;

/// Lists whose pages are kept while nothing in them changes. What changes a list raises its version in the same
/// transaction, on whichever node, so a page that is kept is never another than the one that would be read.
pub(crate) struct CachedLists {
    lists: Arc<dyn Lists>,
    pages: Cache<ListRequest, Kept>,
}

/// A page, and the version that its lists had before it was read.
#[derive(Clone)]
struct Kept {
    version: u64,
    page: Arc<DocumentPage>,
}

impl CachedLists {
    pub(crate) fn new(lists: Arc<dyn Lists>) -> Self {
        Self { lists, pages: Cache::new(PAGES) }
    }
}

#[async_trait]
impl Lists for CachedLists {
    async fn page(&self, request: &ListRequest) -> Result<DocumentPage, StoreError> {
        let version = self.version(&request.lists).await?;
        if let Some(kept) = self.pages.get(request).await
            && kept.version == version
        {
            return Ok((*kept.page).clone());
        }
        let page = Arc::new(self.lists.page(request).await?);
        let kept = Kept { version, page: Arc::clone(&page) };
        self.pages.insert(request.clone(), kept).await;
        Ok((*page).clone())
    }

    async fn version(&self, lists: &[Uuid]) -> Result<u64, StoreError> {
        self.lists.version(lists).await
    }

    async fn names(
        &self,
        principals: &[PrincipalId],
    ) -> Result<HashMap<PrincipalId, String>, StoreError> {
        self.lists.names(principals).await
    }
}
