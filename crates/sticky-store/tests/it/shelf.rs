//! An archive for the tests: objects in a directory, which can be made to fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{
    Blob, BlobError, BlobStore, Compactor, EventStore as _, Ids, Loaded, Projections as _,
    Snapshot, StoreError, StoredUpdate, Target,
};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use sticky_store::archive::{Archiver, Policy};
use sticky_store::{ArchiveUrl, Objects, Store};
use tempfile::TempDir;
use uuid::Uuid;

use crate::engines::Opened;
use crate::world::{TestClock, document, id, principal, update};

/// Events that never leave in these tests.
pub(crate) const HOT: u64 = 2;

/// A store with an archive.
pub(crate) struct Archived {
    pub(crate) store: Store,
    pub(crate) blobs: Arc<Flaky>,
    pub(crate) opened: Opened,
    _directory: TempDir,
}

impl Archived {
    pub(crate) async fn over(opened: Opened) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = ArchiveUrl::Directory(directory.path().join("archive"));
        let blobs = Arc::new(Flaky::over(Objects::open(&url, []).unwrap()));
        Self::with(opened, blobs, directory)
    }

    pub(crate) fn with(opened: Opened, blobs: Arc<Flaky>, directory: TempDir) -> Self {
        let store = opened.store.clone().with_archive(blobs.clone());
        Self { store, blobs, opened, _directory: directory }
    }

    /// Another archiver, which cuts segments of about `bytes`.
    pub(crate) async fn archiver(&self, bytes: u64) -> Archiver {
        self.pruning(bytes, None).await
    }

    /// One that removes for good what was archived so long ago.
    pub(crate) async fn pruning(&self, bytes: u64, prune_after: Option<Duration>) -> Archiver {
        self.follow().await;
        let after = Duration::from_secs(60);
        let policy =
            Policy { bytes, after, hot_events: HOT, hot_for: Duration::from_secs(1), prune_after };
        Archiver::new(&self.store, self.clock(), Arc::new(TestIds), Arc::new(Joined), policy)
            .unwrap()
    }

    /// Brings the read models up to the log: what they have not seen does not leave.
    pub(crate) async fn follow(&self) {
        for projection in Projection::ALL {
            let target = Target::live(projection);
            while self.store.advance(target, Lane::Content).await.unwrap().events > 0 {}
        }
    }

    pub(crate) fn clock(&self) -> Arc<TestClock> {
        self.opened.clock.clone()
    }

    /// A document of `count` updates, all old enough to leave.
    pub(crate) async fn document(&self, count: u64) -> DocumentId {
        let (author, document) = (principal(), document(&self.store, principal()).await);
        for page in (1..=count).collect::<Vec<_>>().chunks(50) {
            let updates =
                page.iter().map(|n| update(author, &[], &format!("update {n}"))).collect();
            self.store.record(document, updates).await;
        }
        self.clock().advance(10_000);
        document
    }

    pub(crate) async fn all(&self, document: DocumentId) -> Vec<StoredUpdate> {
        self.store.updates(document, 0, usize::MAX).await.unwrap().updates
    }

    pub(crate) async fn objects(&self) -> usize {
        self.blobs.list("project").await.unwrap().len()
    }
}

pub(crate) struct TestIds;

impl Ids for TestIds {
    fn id(&self) -> Uuid {
        id()
    }

    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
}

/// The text of the updates in a row, in the place of a CRDT.
struct Joined;

#[async_trait]
impl Compactor for Joined {
    async fn compact(&self, loaded: Loaded) -> Result<Snapshot, StoreError> {
        let base = loaded.snapshot.map(|snapshot| snapshot.body);
        let parts = base.into_iter().chain(loaded.tail.iter().map(|update| update.bytes.clone()));
        let body = parts.collect::<Vec<_>>().concat().into();
        let seq = loaded.tail.last().map_or(0, |update| update.seq);
        Ok(Snapshot { seq, body, owners: Vec::new() })
    }
}

/// Objects of which some answers get lost.
pub(crate) struct Flaky {
    objects: Box<dyn BlobStore>,
    /// The next write happens, and nobody hears of it.
    pub(crate) lose_put: AtomicBool,
    /// So many reads find nothing.
    pub(crate) hide: AtomicUsize,
    pub(crate) reads: AtomicUsize,
    /// Every read takes 20 s, of a clock that stands still otherwise.
    pub(crate) slow: AtomicBool,
}

impl Flaky {
    pub(crate) fn over(objects: impl BlobStore + 'static) -> Self {
        let objects = Box::new(objects);
        Self {
            objects,
            lose_put: false.into(),
            hide: 0.into(),
            reads: 0.into(),
            slow: false.into(),
        }
    }
}

#[async_trait]
impl BlobStore for Flaky {
    async fn put_new(&self, key: &str, bytes: Bytes) -> Result<(), BlobError> {
        self.objects.put_new(key, bytes).await?;
        if self.lose_put.swap(false, Ordering::SeqCst) {
            return Err(BlobError::Unavailable("the answer got lost".to_owned()));
        }
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, BlobError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if self.slow.load(Ordering::SeqCst) {
            tokio::time::pause();
            tokio::time::sleep(Duration::from_secs(20)).await;
            tokio::time::resume();
        }
        let hidden = |left: usize| left.checked_sub(1);
        if self.hide.fetch_update(Ordering::SeqCst, Ordering::SeqCst, hidden).is_ok() {
            return Ok(None);
        }
        self.objects.get(key).await
    }

    async fn delete(&self, key: &str) -> Result<(), BlobError> {
        self.objects.delete(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Blob>, BlobError> {
        self.objects.list(prefix).await
    }
}
