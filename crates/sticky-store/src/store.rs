use std::sync::Arc;

use sticky_domain::port::{BlobStore, Clock};

use crate::archive::Shelf;
use crate::engine::Engine;
use crate::history::Histories;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::{DatabaseUrl, OpenError, ServingLock};

mod accounts;
mod directory;
mod ports;

/// The database: all of the ports. Clones share it.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "connections and tasks have nothing to show")]
pub struct Store {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) shelf: Option<Shelf>,
}

impl Store {
    /// Opens the database, making it (on Postgres: in a database that exists) or bringing its schema up to date first.
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When it cannot be opened or written, or was written by a newer version; when a Postgres server is not reached
    /// within some seconds, or would not force commits to its disk.
    pub async fn open(url: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let engine: Arc<dyn Engine> = match url {
            DatabaseUrl::Postgres(url) => Arc::new(Postgres::open(url, clock).await?),
            DatabaseUrl::Sqlite(path) => Arc::new(Sqlite::open(Some(path), clock).await?),
            DatabaseUrl::Memory => Arc::new(Sqlite::open(None, clock).await?),
        };
        Ok(Self { engine, shelf: None })
    }

    /// The same store, which finds old history among these objects.
    pub fn with_archive(self, blobs: Arc<dyn BlobStore>) -> Self {
        Self { shelf: Some(Shelf { blobs }), ..self }
    }

    fn histories(&self) -> Histories<'_> {
        Histories { engine: &*self.engine, shelf: self.shelf.as_ref() }
    }

    /// Claims the database for this server until the lock is dropped. Other commands may still write beside it.
    /// On Postgres any number of servers share one database, and nothing is claimed.
    ///
    /// # Errors
    /// When another process serves it; the message names that process.
    pub fn lock_for_serving(&self) -> Result<ServingLock, OpenError> {
        self.engine.lock_for_serving()
    }

    /// Whether the data is gone when the process ends.
    pub fn is_volatile(&self) -> bool {
        self.engine.is_volatile()
    }

    /// Takes nothing more, writes what was submitted, and leaves the database ready for the next start.
    pub async fn close(&self) {
        self.engine.close().await;
    }
}
