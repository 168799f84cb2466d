use bytes::Bytes;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use sticky_domain::access::Level;
use sticky_domain::event::{Actor, Body, Event, Fact, UPDATE_RECORDED, Via};
use sticky_domain::id::{PrincipalId, RootId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{StoreError, StoredUpdate};
use sticky_domain::stream::{Lane, StreamId, StreamKind};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::failure::store_error;

/// A number as SQLite keeps it. Beyond its range is beyond anything stored.
pub(crate) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads columns with the errors of the ports.
pub(crate) trait Columns {
    fn uuid(&self, column: &str) -> Result<Uuid, StoreError>;
    fn uuid_or_none(&self, column: &str) -> Result<Option<Uuid>, StoreError>;
    fn number(&self, column: &str) -> Result<u64, StoreError>;
    fn code(&self, column: &str) -> Result<i16, StoreError>;
    fn text(&self, column: &str) -> Result<String, StoreError>;
    fn text_or_none(&self, column: &str) -> Result<Option<String>, StoreError>;
    fn time(&self, column: &str) -> Result<Timestamp, StoreError>;
    fn time_or_none(&self, column: &str) -> Result<Option<Timestamp>, StoreError>;
    fn bytes(&self, column: &str) -> Result<Bytes, StoreError>;
    fn level(&self, column: &str) -> Result<Level, StoreError>;
}

impl Columns for SqliteRow {
    fn uuid(&self, column: &str) -> Result<Uuid, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn uuid_or_none(&self, column: &str) -> Result<Option<Uuid>, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn number(&self, column: &str) -> Result<u64, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn code(&self, column: &str) -> Result<i16, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn text(&self, column: &str) -> Result<String, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn text_or_none(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.try_get(column).map_err(store_error)
    }

    fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.try_get(column).map(Timestamp).map_err(store_error)
    }

    fn time_or_none(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        let time: Option<i64> = self.try_get(column).map_err(store_error)?;
        Ok(time.map(Timestamp))
    }

    fn bytes(&self, column: &str) -> Result<Bytes, StoreError> {
        self.try_get::<Vec<u8>, _>(column).map(Bytes::from).map_err(store_error)
    }

    fn level(&self, column: &str) -> Result<Level, StoreError> {
        Level::parse(&self.text(column)?).ok_or_else(|| unreadable("a level"))
    }
}

pub(crate) fn unreadable(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is not readable"))
}

/// A row of `event`, whole.
pub(crate) fn event(row: &SqliteRow) -> Result<Event, StoreError> {
    let kind = StreamKind::from_code(row.code("kind")?).ok_or_else(|| unreadable("a stream"))?;
    Ok(Event {
        lane: Lane::from_code(row.code("lane")?).ok_or_else(|| unreadable("a lane"))?,
        position: row.number("position")?,
        stream: StreamId { kind, id: row.uuid("stream")? },
        seq: row.number("seq")?,
        actor: Actor {
            principal: PrincipalId(row.uuid("actor")?),
            via: via(row)?,
            correlation: row.uuid_or_none("correlation")?,
        },
        op: OpKey(*row.uuid("op")?.as_bytes()),
        recorded_at: row.time("recorded_at")?,
        body: body(row)?,
    })
}

fn body(row: &SqliteRow) -> Result<Body, StoreError> {
    let payload = row.bytes("payload")?;
    if row.code("type")? == UPDATE_RECORDED {
        return Ok(Body::Update(payload));
    }
    Fact::decode(row.code("version")?, &payload)
        .map(Body::Fact)
        .map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// An update with its principal's root, as [`UPDATES_AFTER`] gives it.
pub(crate) fn update(row: &SqliteRow) -> Result<StoredUpdate, StoreError> {
    let principal = PrincipalId(row.uuid("actor")?);
    let root = row.uuid_or_none("root")?;
    Ok(StoredUpdate {
        seq: row.number("seq")?,
        principal,
        root: root.map_or_else(|| RootId::from(principal), RootId),
        via: via(row)?,
        recorded_at: row.time("recorded_at")?,
        bytes: row.bytes("payload")?,
    })
}

/// A document's updates beyond a seq, in order. Binds the document and the seq.
pub(crate) const UPDATES_AFTER: &str = "
    select e.seq, e.actor, e.via, e.via_id, e.recorded_at, e.payload, p.root
    from event e left join principal p on p.id = e.actor
    where e.kind = 2 and e.stream = ? and e.seq > ?
    order by e.seq";

/// A document's newest seq. Binds the document.
pub(crate) const HEAD: &str = "select head from stream where kind = 2 and id = ?";

fn via(row: &SqliteRow) -> Result<Via, StoreError> {
    Via::from_parts(row.code("via")?, row.uuid_or_none("via_id")?)
        .ok_or_else(|| unreadable("what an event came by"))
}
