use async_trait::async_trait;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{Advance, StoreError, Target};
use sticky_domain::projection::{Edit, Projection, Told};
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;

use super::checkpoint::hold;
use super::{links, notes};
use crate::connection::Connection;
use crate::control::Job;
use crate::row::{self, Columns, sql};
use crate::statement::Statement;

/// Folds the next events of a lane and moves the checkpoint behind them.
#[derive(Debug, Clone, Copy)]
pub(super) struct AdvanceLane {
    pub(super) target: Target,
    pub(super) lane: Lane,
    pub(super) limit: usize,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for AdvanceLane {
    type Done = Advance;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Advance, StoreError> {
        let Some(held) = hold(connection, self.target, self.lane, self.now).await? else {
            return Ok(Advance { events: 0, position: 0, exists: false });
        };
        let (told, position) = next(connection, self.lane, held.position, self.limit).await?;
        if told.is_empty() {
            return Ok(Advance { events: 0, position: held.position, exists: true });
        }
        fold(connection, held.projection, held.generation, &told).await?;
        held.move_to(connection, position).await?;
        Ok(Advance { events: told.len() as u64, position, exists: true })
    }
}

/// Folds updates that were read otherwise than along the lane.
pub(super) struct Observe {
    target: Target,
    told: Vec<Told>,
    now: Timestamp,
}

impl Observe {
    pub(super) fn new(target: Target, edits: Vec<Edit>, now: Timestamp) -> Self {
        Self { target, told: edits.into_iter().map(Told::Edit).collect(), now }
    }
}

#[async_trait]
impl<C: Connection> Job<C> for Observe {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        match hold(connection, self.target, Lane::Control, self.now).await? {
            Some(held) => fold(connection, held.projection, held.generation, &self.told).await,
            // Another build was begun; whoever fed this one is told when it is to take over.
            None => Ok(()),
        }
    }
}

async fn fold(
    connection: &mut impl Connection,
    projection: Projection,
    generation: u64,
    told: &[Told],
) -> Result<(), StoreError> {
    match projection {
        Projection::Notes => notes::fold(connection, generation, told).await,
        Projection::Links => links::fold(connection, generation, told).await,
    }
}

/// What follows the position, and where that ends.
async fn next(
    connection: &mut impl Connection,
    lane: Lane,
    beyond: u64,
    limit: usize,
) -> Result<(Vec<Told>, u64), StoreError> {
    let text = match lane {
        Lane::Control => {
            "select * from event where lane = 0 and position > $1 order by position limit $2"
        }
        // Not the bytes: nothing is read from them here.
        Lane::Content => {
            "select stream, seq, position, actor, via, via_id, recorded_at from event
             where lane = 1 and position > $1 order by position limit $2"
        }
    };
    let statement = Statement::new(text).number(sql(beyond)).number(sql(limit as u64));
    let (mut told, mut position) = (Vec::new(), beyond);
    for row in connection.rows(statement).await? {
        told.push(match lane {
            Lane::Control => Told::Fact(Box::new(row::event(&row)?)),
            Lane::Content => Told::Edit(edit(&row)?),
        });
        position = row.number("position")?;
    }
    Ok((told, position))
}

fn edit(row: &impl Columns) -> Result<Edit, StoreError> {
    Ok(Edit {
        document: DocumentId(row.uuid("stream")?),
        seq: row.number("seq")?,
        principal: PrincipalId(row.uuid("actor")?),
        via: row::via(row)?,
        recorded_at: row.time("recorded_at")?,
    })
}
