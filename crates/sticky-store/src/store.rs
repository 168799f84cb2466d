use std::path::{Path, PathBuf};
use std::sync::Arc;

use sticky_domain::port::Clock;
use sticky_domain::stream::Lane;
use tokio::sync::Mutex;

use crate::content::ContentWriter;
use crate::control::ControlWriter;
use crate::readers::{Readers, Writer};
use crate::tide::Tide;
use crate::{DatabaseUrl, OpenError, ServingLock, connect, events};

/// The database: all five ports. Clones share it.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "connections and tasks have nothing to show")]
pub struct Store {
    pub(crate) readers: Readers,
    pub(crate) content: ContentWriter,
    pub(crate) control: ControlWriter,
    pub(crate) tide: Tide,
    pub(crate) clock: Arc<dyn Clock>,
    writer: Writer,
    path: Option<Arc<Path>>,
}

impl Store {
    /// Opens the database, making it or bringing its schema up to date first. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When it cannot be opened or written, or was written by a newer version.
    pub async fn open(url: &DatabaseUrl, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let path = absolute(url)?;
        let writer = Arc::new(Mutex::new(connect::writer(path.as_deref()).await?));
        let readers = match &path {
            Some(path) => Readers::Pool(connect::readers(path)),
            None => Readers::Shared(Arc::clone(&writer)),
        };
        let tide = Tide::new();
        let store = Self {
            content: ContentWriter::start(Arc::clone(&writer), tide.clone(), Arc::clone(&clock)),
            control: ControlWriter::start(Arc::clone(&writer), tide.clone()),
            readers,
            tide,
            clock,
            writer,
            path,
        };
        store.learn_positions().await?;
        Ok(store)
    }

    /// Claims the database for this server until the lock is dropped. Other commands may still write beside it.
    ///
    /// # Errors
    /// When another process serves it; the message names that process.
    pub fn lock_for_serving(&self) -> Result<ServingLock, OpenError> {
        match &self.path {
            Some(path) => ServingLock::take(path),
            None => Ok(ServingLock::unneeded()),
        }
    }

    /// Whether the data is gone when the process ends.
    pub fn is_volatile(&self) -> bool {
        self.path.is_none()
    }

    /// Lets running writes end, then folds the write-ahead log into the file, so that the next start is quick.
    pub async fn close(&self) {
        if let Readers::Pool(pool) = &self.readers {
            pool.close().await;
        }
        let mut writer = self.writer.lock().await;
        if let Err(error) =
            sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut *writer).await
        {
            tracing::warn!(%error, "the write-ahead log stays for the next start");
        }
    }

    async fn learn_positions(&self) -> Result<(), OpenError> {
        for lane in [Lane::Control, Lane::Content] {
            let position = events::position(&self.readers, lane).await.map_err(|error| {
                let path = self.path.as_deref().unwrap_or(Path::new("memory://")).to_owned();
                OpenError::Unusable { path, reason: error.to_string() }
            })?;
            self.tide.rise(lane, position);
        }
        Ok(())
    }
}

/// Absolute, so that neither a changed working directory nor SQLite's URI file names can redirect it.
fn absolute(url: &DatabaseUrl) -> Result<Option<Arc<Path>>, OpenError> {
    let DatabaseUrl::Sqlite(path) = url else {
        return Ok(None);
    };
    let absolute = std::path::absolute(path).map_err(|error| OpenError::Unusable {
        path: PathBuf::from(path),
        reason: error.to_string(),
    })?;
    Ok(Some(absolute.into()))
}
