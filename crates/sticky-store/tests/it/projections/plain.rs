use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sticky_domain::access::Right;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{
    Content, ContentReader, ContentWriter, EditError, EventStore as _, Excerpt, Ids, Passwords,
    PasswordsBusy, Projections, Selection, StoreError,
};
use sticky_domain::usecase::{Ports, Projector};
use sticky_store::Store;
use uuid::Uuid;

use crate::engines::Opened;
use crate::world::id;

/// Notes whose updates are no Yjs: what they say is their bytes, one behind the other.
struct Plain(Store);

#[async_trait]
impl ContentReader for Plain {
    async fn content(
        &self,
        document: DocumentId,
        seq: Option<u64>,
    ) -> Result<Option<Content>, StoreError> {
        let updates = self.0.updates(document, 0, usize::MAX).await?.updates;
        let seq = seq.unwrap_or(updates.len() as u64);
        let until = updates.into_iter().take_while(|update| update.seq <= seq);
        let bytes: Vec<u8> = until.flat_map(|update| update.bytes).collect();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(Content { seq, text })),
            Err(_) => Err(StoreError::Corrupt("no text".to_owned())),
        }
    }

    async fn state(&self, _: DocumentId) -> Result<(u64, Bytes), StoreError> {
        unreachable!("projections read texts")
    }

    async fn excerpt(
        &self,
        _: DocumentId,
        _: Selection,
        _: usize,
    ) -> Result<Option<Excerpt>, StoreError> {
        unreachable!("projections read texts")
    }
}

#[async_trait]
impl ContentWriter for Plain {
    async fn merge(&self, _: DocumentId, _: &Right, _: Bytes) -> Result<u64, EditError> {
        unreachable!("projections write no text")
    }

    async fn edit(&self, _: DocumentId, _: &Right, _: &Content, _: &str) -> Result<u64, EditError> {
        unreachable!("projections write no text")
    }
}

#[async_trait]
impl Passwords for Plain {
    async fn hash(&self, _: &str) -> Result<String, PasswordsBusy> {
        unreachable!("projections know no passwords")
    }

    async fn verify(&self, _: &str, _: Option<&str>) -> Result<bool, PasswordsBusy> {
        unreachable!("projections know no passwords")
    }

    fn is_current(&self, _: &str) -> bool {
        unreachable!("projections know no passwords")
    }
}

impl Ids for Plain {
    fn id(&self) -> Uuid {
        id()
    }

    fn secret(&self) -> [u8; 32] {
        unreachable!("projections keep no secrets")
    }
}

pub(crate) fn projector(opened: &Opened) -> Projector {
    over(opened, Arc::new(opened.store.clone()))
}

pub(crate) fn over(opened: &Opened, projections: Arc<dyn Projections>) -> Projector {
    Projector::new(ports(opened), projections)
}

pub(crate) fn ports(opened: &Opened) -> Ports {
    let (store, plain) = (Arc::new(opened.store.clone()), Arc::new(Plain(opened.store.clone())));
    Ports {
        events: store.clone(),
        read: store.clone(),
        lists: store.clone(),
        access: store.clone(),
        glance: store.clone(),
        directory: store.clone(),
        sessions: store.clone(),
        audit: store.clone(),
        accounts: store,
        passwords: plain.clone(),
        reader: plain.clone(),
        writer: plain.clone(),
        clock: opened.clock.clone(),
        ids: plain,
    }
}
