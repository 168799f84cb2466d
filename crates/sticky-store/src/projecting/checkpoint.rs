use sticky_domain::port::{StoreError, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;

use crate::connection::{Connection, row};
use crate::row::{Columns as _, sql};
use crate::statement::Statement;

/// A checkpoint that nobody else moves until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) projection: Projection,
    pub(super) generation: u64,
    lane: Lane,
    pub(super) position: u64,
}

/// `None` when the target is not there, or for a moment not there, while another takes its place.
pub(super) async fn hold<C: Connection>(
    connection: &mut C,
    target: Target,
    lane: Lane,
) -> Result<Option<Held>, StoreError> {
    let Target { projection, generation } = target;
    let text = format!(
        "select generation, position from projection_checkpoint
         where name = $1 and lane = $2
             and generation = coalesce($3, (select live from projection where name = $1)){}",
        C::LOCKING
    );
    let statement = Statement::made(text)
        .text(Some(projection.as_str()))
        .number(i64::from(lane.code()))
        .number(generation.map(sql));
    let Some(row) = row(connection, statement).await? else { return Ok(None) };
    let (generation, position) = (row.number("generation")?, row.number("position")?);
    Ok(Some(Held { projection, generation, lane, position }))
}

impl Held {
    pub(super) async fn move_to(
        &self,
        connection: &mut impl Connection,
        position: u64,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update projection_checkpoint set position = $1
             where name = $2 and generation = $3 and lane = $4",
        );
        connection
            .execute(
                statement
                    .number(sql(position))
                    .text(Some(self.projection.as_str()))
                    .number(sql(self.generation))
                    .number(i64::from(self.lane.code())),
            )
            .await
            .map(drop)
    }
}

/// The target's generation, whoever moves its checkpoints. `None` when it is not there.
pub(crate) async fn generation(
    connection: &mut impl Connection,
    target: Target,
) -> Result<Option<u64>, StoreError> {
    let statement = Statement::new(
        "select generation from projection_checkpoint
         where name = $1 and lane = 0
             and generation = coalesce($2, (select live from projection where name = $1))",
    );
    let statement =
        statement.text(Some(target.projection.as_str())).number(target.generation.map(sql));
    row(connection, statement).await?.map(|row| row.number("generation")).transpose()
}
