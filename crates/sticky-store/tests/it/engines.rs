use std::path::PathBuf;
use std::sync::Arc;

use sticky_store::{DatabaseUrl, Store};
use tempfile::TempDir;

use crate::world::TestClock;

/// A store with the clock that it runs by. The directory lives as long as it.
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    _directory: TempDir,
    url: DatabaseUrl,
}

impl Opened {
    pub(crate) async fn file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("sticky.db"));
        Self::open(url, directory).await
    }

    pub(crate) async fn memory() -> Self {
        Self::open(DatabaseUrl::Memory, tempfile::tempdir().unwrap()).await
    }

    async fn open(url: DatabaseUrl, directory: TempDir) -> Self {
        let clock = TestClock::new();
        let store = Store::open(&url, clock.clone()).await.unwrap();
        Self { store, clock, _directory: directory, url }
    }

    /// The same database as another process sees it. Nothing of this one was closed.
    pub(crate) async fn again(&self) -> Store {
        Store::open(&self.url, self.clock.clone()).await.unwrap()
    }

    /// The database's file.
    pub(crate) fn path(&self) -> PathBuf {
        match &self.url {
            DatabaseUrl::Sqlite(path) => path.clone(),
            DatabaseUrl::Memory => panic!("there is no file"),
        }
    }
}
