mod account;
mod answer;
mod browser;
mod columns;
mod directory;
mod read;

use sticky_domain::event::{Actor, Body, Event, Fact, UPDATE_RECORDED, Via};
use sticky_domain::id::{PrincipalId, RootId};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{StoreError, StoredUpdate};
use sticky_domain::stream::{Lane, StreamId, StreamKind};

pub(crate) use account::{account, identity, token as token_row};
pub(crate) use answer::begun;
pub(crate) use browser::{forgotten_before, login, refreshed, session, token};
pub(crate) use columns::Columns;
pub(crate) use directory::{
    grant, group, link_guest, member, membership, ownerless, project, request,
};
pub(crate) use read::{document, link, link_use, principal, totals};

/// A number as the databases keep it. Beyond its range is beyond anything stored.
pub(crate) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unreadable(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is not readable"))
}

/// A row of `event`, whole.
pub(crate) fn event(row: &impl Columns) -> Result<Event, StoreError> {
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

fn body(row: &impl Columns) -> Result<Body, StoreError> {
    let payload = row.bytes("payload")?;
    if row.code("type")? == UPDATE_RECORDED {
        return Ok(Body::Update(payload));
    }
    Fact::decode(row.code("version")?, &payload)
        .map(Body::Fact)
        .map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// An update with its principal's root, as a join of the two gives it.
pub(crate) fn update(row: &impl Columns) -> Result<StoredUpdate, StoreError> {
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

pub(crate) fn via(row: &impl Columns) -> Result<Via, StoreError> {
    Via::from_parts(row.code("via")?, row.uuid_or_none("via_id")?)
        .ok_or_else(|| unreadable("what an event came by"))
}
