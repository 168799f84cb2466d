use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Build, StoreError, Swap, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;

use super::checkpoint::hold;
use crate::connection::{Connection, row};
use crate::control::Job;
use crate::row::{Columns as _, sql, unreadable};
use crate::statement::{Statement, places, portions};

/// Rows taken away at once. Others wait for it.
const SWEPT: i64 = 500;

/// Makes room for a new generation. One that was begun before is given up.
pub(super) struct Begin {
    pub(super) projection: Projection,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Begin {
    type Done = Build;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Build, StoreError> {
        let name = Some(self.projection.as_str());
        let next = Statement::new(
            "update projection set building = coalesce(building, live) + 1 where name = $1
             returning building, live",
        );
        let row = row(connection, next.text(name)).await?;
        let row = row.ok_or_else(|| unreadable("the list of projections"))?;
        let (generation, live) = (row.number("building")?, row.number("live")?);
        let given_up = Statement::new(
            "delete from projection_checkpoint where name = $1 and generation <> $2",
        );
        connection.execute(given_up.text(name).number(sql(live))).await?;
        let (position, heads) = heads(connection).await?;
        for (lane, position) in [(Lane::Control, 0), (Lane::Content, position)] {
            let begun = Statement::new(
                "insert into projection_checkpoint (name, generation, lane, position, moved_at)
                 values ($1, $2, $3, $4, $5)",
            )
            .text(name)
            .number(sql(generation))
            .number(i64::from(lane.code()))
            .number(sql(position))
            .number(self.now.0);
            connection.execute(begun).await?;
        }
        Ok(Build { generation, heads })
    }
}

/// The content lane's end and the head of each of its streams, as of one moment: one statement.
async fn heads(
    connection: &mut impl Connection,
) -> Result<(u64, Vec<(DocumentId, u64)>), StoreError> {
    let statement = Statement::new(
        "select s.id, s.head, l.position
         from (select case when floor > newest then floor else newest end as position
               from (select floor, coalesce((select max(position) from event where lane = 1), 0) as newest
                     from lane where lane = 1) as ends) as l
         left join stream s on s.kind = 2 and s.head > 0
         order by s.id",
    );
    let rows = connection.rows(statement).await?;
    let position =
        rows.first().ok_or_else(|| unreadable("the content lane"))?.number("position")?;
    let mut heads = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(document) = row.uuid_or_none("id")? {
            heads.push((DocumentId(document), row.number("head")?));
        }
    }
    Ok((position, heads))
}

/// Makes a generation the live one, if it has seen as much.
pub(super) struct TakeOver {
    pub(super) target: Target,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for TakeOver {
    type Done = Swap;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Swap, StoreError> {
        for lane in [Lane::Control, Lane::Content] {
            let live = Target::live(self.target.projection);
            let live = hold(connection, live, lane, self.now).await?;
            match (live, hold(connection, self.target, lane, self.now).await?) {
                (_, None) => return Ok(Swap::Gone),
                (Some(live), Some(built)) if built.position < live.position => {
                    return Ok(Swap::Behind);
                }
                _ => {}
            }
        }
        self.take_over(connection).await?;
        Ok(Swap::Done)
    }
}

impl TakeOver {
    async fn take_over(&self, connection: &mut impl Connection) -> Result<(), StoreError> {
        let name = Some(self.target.projection.as_str());
        let generation = self.target.generation.map(sql);
        let live = Statement::new(
            "update projection set live = $1, building = null where name = $2 and building = $1",
        );
        connection.execute(live.number(generation).text(name)).await?;
        if self.target.projection == Projection::Notes {
            connection
                .execute(Statement::new("update list_version set version = version + 1"))
                .await?;
        }
        let retired = Statement::new(
            "delete from projection_checkpoint where name = $1 and generation <> $2",
        );
        connection.execute(retired.text(name).number(generation)).await.map(drop)
    }
}

/// Takes away rows of generations before the live one.
pub(super) struct Sweep {
    pub(super) projection: Projection,
}

#[async_trait]
impl<C: Connection> Job<C> for Sweep {
    type Done = bool;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<bool, StoreError> {
        let name = Some(self.projection.as_str());
        let aside = Statement::new(
            "delete from projection_set_aside where name = $1 and generation not in (
                 select generation from projection_checkpoint where name = $1)",
        );
        connection.execute(aside.text(name)).await?;
        let swept = match self.projection {
            Projection::Notes => {
                connection.execute(Statement::new(LISTINGS).number(SWEPT)).await?
                    + sweep_notes(connection).await?
            }
            Projection::Links => {
                connection.execute(Statement::new(LINK_USES).number(SWEPT)).await?
            }
        };
        Ok(swept > 0)
    }
}

const LISTINGS: &str = "
    delete from listing where (generation, document, recipient) in (
        select generation, document, recipient from listing
        where generation < (select live from projection where name = 'notes') limit $1)";

const LINK_USES: &str = "
    delete from link_use where (generation, link, principal) in (
        select generation, link, principal from link_use
        where generation < (select live from projection where name = 'links') limit $1)";

/// Notes with their texts and what they are found by.
async fn sweep_notes<C: Connection>(connection: &mut C) -> Result<u64, StoreError> {
    let statement = Statement::new(
        "select id from note where generation < (select live from projection where name = 'notes')
         limit $1",
    );
    let rows = connection.rows(statement.number(SWEPT)).await?;
    let notes: Vec<i64> =
        rows.iter().map(|row| row.number("id").map(sql)).collect::<Result<_, _>>()?;
    for portion in portions(&notes) {
        for (table, note) in [("note_text", "note"), ("note", "id"), ("note_index", C::NOTE)] {
            let places = places(1, portion.len());
            let gone = Statement::made(format!("delete from {table} where {note} in ({places})"));
            connection.execute(gone.numbers(portion.iter().copied())).await?;
        }
    }
    Ok(notes.len() as u64)
}
