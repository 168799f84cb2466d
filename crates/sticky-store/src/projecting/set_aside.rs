use async_trait::async_trait;
use sticky_domain::port::{Advance, StoreError, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;

use super::checkpoint::hold;
use crate::connection::Connection;
use crate::control::Job;
use crate::row::sql;
use crate::statement::Statement;

/// Moves the checkpoint over one event that cannot be folded, and remembers it.
pub(super) struct PassOver {
    pub(super) target: Target,
    pub(super) lane: Lane,
    pub(super) reason: String,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for PassOver {
    type Done = Advance;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Advance, StoreError> {
        let Some(held) = hold(connection, self.target, self.lane, self.now).await? else {
            return Ok(Advance { events: 0, position: 0, exists: false });
        };
        let position = held.position + 1;
        let lane = match self.lane {
            Lane::Control => "control",
            Lane::Content => "content",
        };
        let place = format!("{lane} {position}");
        remember(connection, held.projection, held.generation, &place, &self.reason).await?;
        held.move_to(connection, position).await?;
        Ok(Advance { events: 1, position, exists: true })
    }
}

/// Remembers what could not be folded.
pub(super) async fn remember(
    connection: &mut impl Connection,
    projection: Projection,
    generation: u64,
    place: &str,
    reason: &str,
) -> Result<(), StoreError> {
    tracing::error!(%projection, generation, place, reason, "set aside: this cannot be folded");
    let statement = Statement::new(
        "insert into projection_set_aside (name, generation, place, reason) values ($1, $2, $3, $4)
         on conflict (name, generation, place) do update set reason = excluded.reason",
    );
    connection
        .execute(
            statement
                .text(Some(projection.as_str()))
                .number(sql(generation))
                .text(Some(place))
                .text(Some(reason)),
        )
        .await
        .map(drop)
}
