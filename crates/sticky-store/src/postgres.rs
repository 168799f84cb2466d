//! Postgres: the engine for many nodes.

mod access;
mod append;
mod audit;
mod connect;
mod content;
mod control;
mod events;
mod histories;
mod index;
mod line;
mod misfits;
mod read_model;
mod readers;
mod side;
mod snapshots;
mod statement;
mod url;

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::postgres::PgConnection;
use sticky_domain::port::{
    Accounts, Answers, Clock, Directory, Lists, Projections, Search, Sessions, StoreError,
};
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;

use crate::accounts::SigningIn;
use crate::answering::Answering;
use crate::connections::Connections;
use crate::content::ContentWriter;
use crate::control::ControlWriter;
use crate::directory::Gathering;
use crate::engine::Engine;
use crate::projecting::Projecting;
use crate::tables::Tables as _;
use crate::tide::Tide;
use crate::{OpenError, ServingLock};
use content::ContentRecorder;
use control::ControlCommitter;
use line::Line;
use readers::{Reader, Readers};

pub(crate) use side::PostgresSide;
pub use url::PostgresUrl;

/// One database on a server, with one connection that writes for each lane, one for the read models that follow, one for
/// the archive, and some that read.
pub(crate) struct Postgres {
    readers: Readers,
    content: ContentWriter,
    control: ControlWriter<PgConnection>,
    projector: ControlWriter<PgConnection>,
    archivist: ControlWriter<PgConnection>,
    tide: Tide,
    clock: Arc<dyn Clock>,
    url: PostgresUrl,
}

impl Postgres {
    pub(crate) async fn open(url: &PostgresUrl, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        connect::prepare(url).await?;
        let tide = Tide::new();
        let recorder = ContentRecorder::new(Line::new(url));
        let postgres = Self {
            content: ContentWriter::start(recorder, tide.clone(), Arc::clone(&clock)),
            control: ControlWriter::start(ControlCommitter::of_lane(Line::new(url)), tide.clone()),
            projector: ControlWriter::start(ControlCommitter::free(Line::new(url)), tide.clone()),
            archivist: ControlWriter::start(ControlCommitter::free(Line::new(url)), tide.clone()),
            readers: Readers::new(url),
            tide,
            clock,
            url: url.clone(),
        };
        postgres.learn_positions(url).await?;
        Ok(postgres)
    }

    async fn learn_positions(&self, url: &PostgresUrl) -> Result<(), OpenError> {
        for lane in [Lane::Control, Lane::Content] {
            let position = self.position(lane).await.map_err(|error| OpenError::Server {
                database: url.to_string(),
                reason: error.to_string(),
            })?;
            self.tide.rise(lane, position);
        }
        Ok(())
    }
}

#[async_trait]
impl Connections for Postgres {
    type Connection = PgConnection;
    type Reader = Reader;

    async fn reader(&self) -> Result<Self::Reader, StoreError> {
        self.readers.get().await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn control(&self) -> &ControlWriter<PgConnection> {
        &self.control
    }

    fn projector(&self) -> &ControlWriter<PgConnection> {
        &self.projector
    }

    fn archivist(&self) -> &ControlWriter<PgConnection> {
        &self.archivist
    }
}

#[async_trait]
impl Engine for Postgres {
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

    /// Any number of nodes serve one database.
    fn lock_for_serving(&self) -> Result<ServingLock, OpenError> {
        Ok(ServingLock::unneeded())
    }

    fn is_volatile(&self) -> bool {
        false
    }

    async fn close(&self) {
        self.content.close().await;
        self.control.close().await;
        self.projector.close().await;
        self.archivist.close().await;
        self.readers.close().await;
    }
}

/// A document's updates beyond a seq, in order. Binds the document and the seq.
const UPDATES_AFTER: &str = "
    select e.seq, e.actor, e.via, e.via_id, e.recorded_at, e.payload, p.root
    from event e left join principal p on p.id = e.actor
    where e.kind = 2 and e.stream = $1 and e.seq > $2
    order by e.seq";

/// A document's newest seq. Binds the document.
const HEAD: &str = "select head from stream where kind = 2 and id = $1";
