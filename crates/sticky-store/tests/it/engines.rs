use std::path::PathBuf;
use std::sync::Arc;

use sticky_store::{DatabaseUrl, Store};
use tempfile::TempDir;

use crate::server;
use crate::world::TestClock;

/// A store with the clock that it runs by. The directory lives as long as it.
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    _directory: TempDir,
    /// As it was written, with all that a URL does not show.
    address: String,
    url: DatabaseUrl,
}

/// Opens the database at an address of the test's server.
pub(crate) async fn open_postgres(address: &str, clock: Arc<TestClock>) -> Store {
    Store::open(&address.parse().unwrap(), clock).await.unwrap()
}

impl Opened {
    pub(crate) async fn file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("sticky.db"));
        Self::open(url.to_string(), directory).await
    }

    pub(crate) async fn memory() -> Self {
        Self::open(DatabaseUrl::Memory.to_string(), tempfile::tempdir().unwrap()).await
    }

    /// A database of its own on the server that all tests share.
    pub(crate) async fn postgres() -> Self {
        let url = server::fresh_database().await;
        Self::open(url, tempfile::tempdir().unwrap()).await
    }

    async fn open(address: String, directory: TempDir) -> Self {
        let clock = TestClock::new();
        let url: DatabaseUrl = address.parse().unwrap();
        let store = Store::open(&url, clock.clone()).await.unwrap();
        Self { store, clock, _directory: directory, address, url }
    }

    /// The same database as another process sees it. Nothing of this one was closed.
    pub(crate) async fn again(&self) -> Store {
        Store::open(&self.url, self.clock.clone()).await.unwrap()
    }

    /// The database's file.
    pub(crate) fn path(&self) -> PathBuf {
        match &self.url {
            DatabaseUrl::Sqlite(path) => path.clone(),
            other => panic!("{other:?} is no file"),
        }
    }

    /// What keeps it.
    pub(crate) fn engine(&self) -> &'static str {
        match &self.url {
            DatabaseUrl::Sqlite(_) => "file",
            DatabaseUrl::Memory => "memory",
            DatabaseUrl::Postgres(_) => "postgres",
        }
    }

    /// The database's address on the server.
    pub(crate) fn url(&self) -> &str {
        &self.address
    }
}
