//! SQLite: the embedded engine, in a file or in memory.

mod access;
mod append;
mod audit;
mod connect;
mod content;
mod events;
mod group;
mod histories;
mod index;
mod pen;
mod read_model;
mod readers;
mod side;
mod snapshots;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::port::{
    Accounts, Answers, Clock, Directory, Lists, Projections, Search, Sessions, StoreError,
};
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;
use tokio::sync::Mutex;

use crate::accounts::SigningIn;
use crate::answering::Answering;
use crate::connections::Connections;
use crate::content::ContentWriter;
use crate::control::ControlWriter;
use crate::directory::Gathering;
use crate::engine::Engine;
use crate::projecting::Projecting;
use crate::tide::Tide;
use crate::{OpenError, ServingLock};
use content::ContentRecorder;
use group::ControlCommitter;
use pen::Pen;
use readers::{Reader, Readers, Writer};

pub(crate) use side::SqliteSide;

/// One database file, or memory, with one connection that writes.
pub(crate) struct Sqlite {
    readers: Readers,
    content: ContentWriter,
    control: ControlWriter<SqliteConnection>,
    tide: Tide,
    clock: Arc<dyn Clock>,
    writer: Writer,
    path: Option<Arc<Path>>,
}

impl Sqlite {
    pub(crate) async fn open(
        path: Option<&Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let path = absolute(path)?;
        let mut writer = connect::writer(path.as_deref()).await?;
        if let Some(path) = &path {
            connect::refuse_half_done(&mut writer, path).await?;
        }
        let writer = Arc::new(Mutex::new(Pen::new(writer)));
        let readers = match &path {
            Some(path) => Readers::Pool(connect::readers(path)),
            None => Readers::Shared(Arc::clone(&writer)),
        };
        let tide = Tide::new();
        let store = Self {
            content: ContentWriter::start(
                ContentRecorder::new(Arc::clone(&writer)),
                tide.clone(),
                Arc::clone(&clock),
            ),
            control: ControlWriter::start(ControlCommitter(Arc::clone(&writer)), tide.clone()),
            readers,
            tide,
            clock,
            writer,
            path,
        };
        store.learn_positions().await?;
        Ok(store)
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

#[async_trait]
impl Connections for Sqlite {
    type Connection = SqliteConnection;
    type Reader = Reader;

    async fn reader(&self) -> Result<Reader, StoreError> {
        self.readers.get().await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn control(&self) -> &ControlWriter<SqliteConnection> {
        &self.control
    }

    /// All writes share one connection, so they may as well share its queue.
    fn projector(&self) -> &ControlWriter<SqliteConnection> {
        &self.control
    }

    fn archivist(&self) -> &ControlWriter<SqliteConnection> {
        &self.control
    }
}

#[async_trait]
impl Engine for Sqlite {
    fn projections(&self) -> Box<dyn Projections + '_> {
        Box::new(Projecting(self))
    }

    fn accounts(&self) -> Box<dyn Accounts + '_> {
        Box::new(SigningIn(self))
    }

    fn sessions(&self) -> Box<dyn Sessions + '_> {
        Box::new(SigningIn(self))
    }

    fn directory(&self) -> Box<dyn Directory + '_> {
        Box::new(Gathering(self))
    }

    fn answers(&self) -> Box<dyn Answers + '_> {
        Box::new(Answering(self))
    }

    fn lists(&self) -> Box<dyn Lists + '_> {
        Box::new(Projecting(self))
    }

    fn search(&self) -> Box<dyn Search + '_> {
        Box::new(Projecting(self))
    }

    fn lock_for_serving(&self) -> Result<ServingLock, OpenError> {
        match &self.path {
            Some(path) => ServingLock::take(path),
            None => Ok(ServingLock::unneeded()),
        }
    }

    fn is_volatile(&self) -> bool {
        self.path.is_none()
    }

    /// Folds the write-ahead log into the file, so that the next start is quick.
    async fn close(&self) {
        self.content.close().await;
        self.control.close().await;
        if let Readers::Pool(pool) = &self.readers {
            pool.close().await;
        }
        let mut writer = self.writer.lock().await;
        if let Err(error) =
            sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut **writer).await
        {
            tracing::warn!(%error, "the write-ahead log stays for the next start");
        }
    }
}

/// A document's updates beyond a seq, in order. Binds the document and the seq.
const UPDATES_AFTER: &str = "
    select e.seq, e.actor, e.via, e.via_id, e.recorded_at, e.payload, p.root
    from event e left join principal p on p.id = e.actor
    where e.kind = 2 and e.stream = ? and e.seq > ?
    order by e.seq";

/// A document's newest seq. Binds the document.
const HEAD: &str = "select head from stream where kind = 2 and id = ?";

/// Absolute, so that neither a changed working directory nor SQLite's URI file names can redirect it.
fn absolute(path: Option<&Path>) -> Result<Option<Arc<Path>>, OpenError> {
    let Some(path) = path else {
        return Ok(None);
    };
    let absolute = std::path::absolute(path).map_err(|error| OpenError::Unusable {
        path: PathBuf::from(path),
        reason: error.to_string(),
    })?;
    Ok(Some(absolute.into()))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use sticky_domain::event::{Actor, Fact, Via};
    use sticky_domain::id::{DocumentId, PrincipalId, ProjectId};
    use sticky_domain::op_key::OpKey;
    use sticky_domain::port::{Append, Expected, NewUpdate, RecordError, Recorded, Turn};
    use sticky_domain::stream::StreamId;
    use sticky_domain::time::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::tables::Tables as _;

    const NOTE: DocumentId = DocumentId(Uuid::from_u128(1));
    const ACTOR: Actor =
        Actor { principal: PrincipalId(Uuid::from_u128(2)), via: Via::Direct, correlation: None };

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp(0)
        }
    }

    async fn with_note() -> Sqlite {
        let store = Sqlite::open(None, Arc::new(Still)).await.unwrap();
        let project = ProjectId(Uuid::from_u128(3));
        let created = Append {
            stream: StreamId::document(NOTE),
            expected: Expected::Seq(0),
            facts: vec![Fact::DocumentCreated { project, title: None }],
            actor: ACTOR,
            op: OpKey([0; 16]),
            fence: Vec::new(),
        };
        store.append(created).await.unwrap();
        store
    }

    async fn limit_pages(store: &Sqlite, text: &'static str) {
        sqlx::raw_sql(text).execute(&mut **store.writer.lock().await).await.unwrap();
    }

    async fn record(store: &Sqlite, byte: u8, length: usize) -> Result<Recorded, RecordError> {
        let bytes = Bytes::from(vec![byte; length]);
        let update = NewUpdate { actor: ACTOR, op: OpKey([byte; 16]), fence: Vec::new(), bytes };
        store.content().record_all(Turn::default(), NOTE, vec![update]).await.remove(0)
    }

    #[tokio::test]
    async fn a_full_disk_refuses_and_takes_again_once_there_is_room() {
        let store = with_note().await;
        record(&store, 1, 10).await.unwrap();
        limit_pages(&store, "pragma max_page_count = 1").await;
        assert_eq!(record(&store, 2, 100_000).await, Err(StoreError::Full.into()));
        limit_pages(&store, "pragma max_page_count = 100000").await;
        assert_eq!(record(&store, 2, 100_000).await, Ok(Recorded { seq: 2, repeated: false }));
    }
}
