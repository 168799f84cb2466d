use sticky_domain::port::{Checkpoint, Lag, ProjectionStatus, SetAside, StoreError};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;

use crate::connection::Connection;
use crate::row::{Columns, sql, unreadable};
use crate::statement::Statement;

/// A checkpoint with its lane's end and whether its generation is live. Other lines narrow it down.
const CHECKPOINTS: &str = "
    select c.name, c.generation, c.lane, c.position, p.live,
        case when l.floor > newest.position then l.floor else newest.position end as head
    from projection_checkpoint c
    join projection p on p.name = c.name
    join lane l on l.lane = c.lane
    join (select 0 as lane, coalesce((select max(position) from event where lane = 0), 0) as position
          union all
          select 1, coalesce((select max(position) from event where lane = 1), 0)) as newest
        on newest.lane = c.lane";

struct Row {
    projection: Projection,
    generation: u64,
    live: bool,
    lane: Lane,
    checkpoint: Checkpoint,
}

/// How many events the live generation has not seen.
pub(super) async fn lag(
    connection: &mut impl Connection,
    projection: Projection,
) -> Result<Lag, StoreError> {
    let text = format!("{CHECKPOINTS} where c.name = $1 and c.generation = p.live");
    let rows = read(connection, Statement::made(text).text(Some(projection.as_str()))).await?;
    Ok(Lag { control: of(&rows, Lane::Control)?.lag(), content: of(&rows, Lane::Content)?.lag() })
}

/// How all projections stand, live ones and those that are being built.
pub(super) async fn all(
    connection: &mut impl Connection,
) -> Result<Vec<ProjectionStatus>, StoreError> {
    let text = format!("{CHECKPOINTS} order by c.name, c.generation, c.lane");
    let rows = read(connection, Statement::made(text)).await?;
    let mut all = Vec::new();
    for pair in rows.chunk_by(|a, b| (a.projection, a.generation) == (b.projection, b.generation)) {
        let Row { projection, generation, live, .. } = pair[0];
        all.push(ProjectionStatus {
            projection,
            generation,
            live,
            control: of(pair, Lane::Control)?,
            content: of(pair, Lane::Content)?,
            stale_texts: stale_texts(connection, projection, generation).await?,
            set_aside: set_aside(connection, projection, generation).await?,
        });
    }
    Ok(all)
}

async fn read(
    connection: &mut impl Connection,
    statement: Statement,
) -> Result<Vec<Row>, StoreError> {
    let rows = connection.rows(statement).await?;
    rows.iter().filter_map(|row| checkpoint(row).transpose()).collect()
}

/// `None` for a projection of a newer version.
fn checkpoint(row: &impl Columns) -> Result<Option<Row>, StoreError> {
    let Some(projection) = Projection::parse(&row.text("name")?) else { return Ok(None) };
    let generation = row.number("generation")?;
    Ok(Some(Row {
        projection,
        generation,
        live: generation == row.number("live")?,
        lane: Lane::from_code(row.code("lane")?).ok_or_else(|| unreadable("a lane"))?,
        checkpoint: Checkpoint { position: row.number("position")?, head: row.number("head")? },
    }))
}

fn of(rows: &[Row], lane: Lane) -> Result<Checkpoint, StoreError> {
    let row = rows.iter().find(|row| row.lane == lane);
    row.map(|row| row.checkpoint).ok_or_else(|| unreadable("a checkpoint"))
}

async fn stale_texts(
    connection: &mut impl Connection,
    projection: Projection,
    generation: u64,
) -> Result<u64, StoreError> {
    if projection != Projection::Notes {
        return Ok(0);
    }
    let statement = Statement::new(
        "select count(*) as stale from note where generation = $1 and text_seq < head",
    );
    let rows = connection.rows(statement.number(sql(generation))).await?;
    rows.first().map_or(Ok(0), |row| row.number("stale"))
}

async fn set_aside(
    connection: &mut impl Connection,
    projection: Projection,
    generation: u64,
) -> Result<Vec<SetAside>, StoreError> {
    let statement = Statement::new(
        "select place, reason from projection_set_aside where name = $1 and generation = $2
         order by place",
    );
    let statement = statement.text(Some(projection.as_str())).number(sql(generation));
    let rows = connection.rows(statement).await?;
    let set_aside = |row: &_| {
        Ok(SetAside { place: Columns::text(row, "place")?, reason: Columns::text(row, "reason")? })
    };
    rows.iter().map(set_aside).collect()
}
