use sticky_domain::port::{StoreError, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;

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

/// `None` when the target is not there, or for a moment not there, while another takes its place. Whoever holds the
/// content lane's holds the control lane's, too: what one step takes away, another must not be writing. A build shows
/// that it goes on.
pub(super) async fn hold<C: Connection>(
    connection: &mut C,
    target: Target,
    lane: Lane,
    now: Timestamp,
) -> Result<Option<Held>, StoreError> {
    let Target { projection, generation } = target;
    let text = format!(
        "select generation, lane, position from projection_checkpoint
         where name = $1 and lane <= $2
             and generation = coalesce($3, (select live from projection where name = $1))
         order by lane{}",
        C::LOCKING
    );
    let statement = Statement::made(text)
        .text(Some(projection.as_str()))
        .number(i64::from(lane.code()))
        .number(generation.map(sql));
    let rows = connection.rows(statement).await?;
    let Some(row) = rows.last() else { return Ok(None) };
    let held = Held {
        projection,
        generation: row.number("generation")?,
        lane,
        position: row.number("position")?,
    };
    if target.generation.is_some() {
        held.date(connection, now).await?;
    }
    Ok(Some(held))
}

impl Held {
    /// A build that has not been dated for long has been given up.
    async fn date(
        &self,
        connection: &mut impl Connection,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "update projection_checkpoint set moved_at = $1 where name = $2 and generation = $3",
        );
        let statement = statement.number(now.0).text(Some(self.projection.as_str()));
        connection.execute(statement.number(sql(self.generation))).await.map(drop)
    }

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
