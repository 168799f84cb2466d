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
    address: Address,
}

/// Where a store's data is.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    Embedded(DatabaseUrl),
    Server(String),
}

impl Address {
    pub(crate) async fn open(&self, clock: Arc<TestClock>) -> Store {
        match self {
            Self::Embedded(url) => Store::open(url, clock).await.unwrap(),
            Self::Server(url) => open_postgres(url, clock).await,
        }
    }
}

pub(crate) async fn open_postgres(address: &str, clock: Arc<TestClock>) -> Store {
    Store::open_postgres(&address.parse().unwrap(), clock).await.unwrap()
}

impl Opened {
    pub(crate) async fn file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("sticky.db"));
        Self::open(Address::Embedded(url), directory).await
    }

    pub(crate) async fn memory() -> Self {
        Self::open(Address::Embedded(DatabaseUrl::Memory), tempfile::tempdir().unwrap()).await
    }

    /// A database of its own on the server that all tests share.
    pub(crate) async fn postgres() -> Self {
        let url = server::shared().await.fresh_database().await;
        Self::open(Address::Server(url), tempfile::tempdir().unwrap()).await
    }

    async fn open(address: Address, directory: TempDir) -> Self {
        let clock = TestClock::new();
        let store = address.open(clock.clone()).await;
        Self { store, clock, _directory: directory, address }
    }

    /// The same database as another process sees it. Nothing of this one was closed.
    pub(crate) async fn again(&self) -> Store {
        self.address.open(self.clock.clone()).await
    }

    /// The database's file.
    pub(crate) fn path(&self) -> PathBuf {
        match &self.address {
            Address::Embedded(DatabaseUrl::Sqlite(path)) => path.clone(),
            other => panic!("{other:?} is no file"),
        }
    }

    /// The database's address on the server.
    pub(crate) fn url(&self) -> &str {
        match &self.address {
            Address::Server(url) => url,
            other => panic!("{other:?} is on no server"),
        }
    }
}
