//! Histories out of the log, and from elsewhere into it.

use async_trait::async_trait;
use futures::TryStreamExt as _;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgRow};
use sticky_domain::event::{Event, UPDATE_RECORDED};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Histories, PastEvent, StoreError, WriteError};
use sticky_domain::stream::StreamId;
use uuid::Uuid;

use super::Postgres;
use super::append::{ends, insert, raise_lessened};
use super::line::{Attempt, Line};
use crate::control::Job;
use crate::failure::store_error;
use crate::fold::fold;
use crate::past::{are_those, fact_append, place_after, rest, update_of};
use crate::query::query;
use crate::row::{self, Columns as _, sql};

#[async_trait]
impl Histories for Postgres {
    async fn page(
        &self,
        stream: StreamId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let mut reader = self.readers.get().await?;
        let mut rows =
            query("select * from event where kind = $1 and stream = $2 and seq > $3 order by seq")
                .bind(stream.kind.code())
                .bind(stream.id)
                .bind(sql(after))
                .fetch(&mut *reader);
        let (mut events, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await.map_err(store_error)? {
            bytes += row.bytes("payload")?.len();
            if bytes > max_bytes && !events.is_empty() {
                break;
            }
            events.push(row::event(&row)?);
        }
        Ok(events)
    }

    /// On a connection of its own: control transactions never take the content lane.
    async fn write_updates(
        &self,
        document: DocumentId,
        updates: Vec<PastEvent>,
    ) -> Result<(), WriteError> {
        let mut line = Line::new(&self.url);
        line.run(&mut WriteUpdates { document, updates }).await?
    }

    async fn write_facts(
        &self,
        document: DocumentId,
        facts: Vec<PastEvent>,
    ) -> Result<(), WriteError> {
        let stream = StreamId::document(document);
        self.control.submit(WriteFacts { stream, facts }).await.map(drop)
    }
}

struct WriteUpdates {
    document: DocumentId,
    updates: Vec<PastEvent>,
}

impl Attempt for WriteUpdates {
    type Done = Result<(), WriteError>;

    async fn run(&mut self, connection: &mut PgConnection) -> Result<Self::Done, sqlx::Error> {
        let stream = StreamId::content(self.document);
        let mut transaction = connection.begin().await?;
        let Some((position, head)) = stands(&mut transaction, self.document).await? else {
            return Ok(Err(WriteError::Other));
        };
        let stored = stored(&mut transaction, stream, &self.updates).await?;
        match rest(&self.updates, head, &stored) {
            Err(error) => return Ok(Err(error)),
            Ok(rest) => insert_updates(&mut transaction, stream, rest, position).await?,
        }
        transaction.commit().await.map(Ok)
    }
}

/// The content lane's newest position, held, and the head of the note's updates. A note that is there takes no history.
async fn stands(
    connection: &mut PgConnection,
    document: DocumentId,
) -> Result<Option<(u64, u64)>, sqlx::Error> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "select floor, coalesce((select head from stream where kind = 2 and id = $1), 0)
         from lane
         where lane = 1 and not exists (select 1 from stream where kind = 1 and id = $1)
         for update of lane",
    )
    .bind(document.0)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(position, head)| (position.cast_unsigned(), head.cast_unsigned())))
}

/// What the stream has of those seqs.
async fn stored(
    connection: &mut PgConnection,
    stream: StreamId,
    events: &[PastEvent],
) -> Result<Vec<PgRow>, sqlx::Error> {
    let seq = |event: Option<&PastEvent>| sql(event.map_or(0, |event| event.seq));
    query(
        "select seq, op from event where kind = $1 and stream = $2 and seq between $3 and $4
         order by seq",
    )
    .bind(stream.kind.code())
    .bind(stream.id)
    .bind(seq(events.first()))
    .bind(seq(events.last()))
    .fetch_all(connection)
    .await
}

async fn insert_updates(
    connection: &mut PgConnection,
    stream: StreamId,
    updates: &[PastEvent],
    position: u64,
) -> Result<(), sqlx::Error> {
    let Some(last) = updates.last() else { return Ok(()) };
    let columns = Columns::of(updates);
    query(
        "insert into event (kind, stream, seq, lane, position, type, version, op, actor, via, via_id,
             correlation, recorded_at, payload)
         select 2, $1, e.seq, 1, $2 + e.nth, $3, 1, e.op, e.actor, e.via, e.via_id, e.correlation,
             e.recorded_at, e.payload
         from unnest($4::int8[], $5::uuid[], $6::uuid[], $7::int2[], $8::uuid[], $9::uuid[],
                 $10::int8[], $11::bytea[])
             with ordinality e (seq, op, actor, via, via_id, correlation, recorded_at, payload, nth)",
    )
    .bind(stream.id)
    .bind(sql(position))
    .bind(UPDATE_RECORDED)
    .bind(columns.seqs)
    .bind(columns.ops)
    .bind(columns.actors)
    .bind(columns.vias)
    .bind(columns.via_ids)
    .bind(columns.correlations)
    .bind(columns.times)
    .bind(columns.payloads)
    .execute(&mut *connection)
    .await?;
    query(
        "with moved as (update lane set floor = $4 where lane = 1)
         insert into stream (kind, id, head, updated_at) values (2, $1, $2, $3)
         on conflict (kind, id) do update set head = excluded.head, updated_at = excluded.updated_at",
    )
    .bind(stream.id)
    .bind(sql(last.seq))
    .bind(last.recorded_at.0)
    .bind(sql(position + updates.len() as u64))
    .execute(connection)
    .await
    .map(drop)
}

/// Updates as the statement takes them: an array for each column.
#[derive(Default)]
struct Columns<'a> {
    seqs: Vec<i64>,
    ops: Vec<Uuid>,
    actors: Vec<Uuid>,
    vias: Vec<i16>,
    via_ids: Vec<Option<Uuid>>,
    correlations: Vec<Option<Uuid>>,
    times: Vec<i64>,
    payloads: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(updates: &'a [PastEvent]) -> Self {
        let mut columns = Self::default();
        for update in updates {
            let (via, via_id) = update.actor.via.parts();
            columns.seqs.push(sql(update.seq));
            columns.ops.push(Uuid::from_bytes(update.op.0));
            columns.actors.push(update.actor.principal.0);
            columns.vias.push(via);
            columns.via_ids.push(via_id);
            columns.correlations.push(update.actor.correlation);
            columns.times.push(update.recorded_at.0);
            columns.payloads.push(update_of(update));
        }
        columns
    }
}

struct WriteFacts {
    stream: StreamId,
    facts: Vec<PastEvent>,
}

#[async_trait]
impl Job<PgConnection> for WriteFacts {
    /// The lane's position, if anything was written.
    type Done = Option<u64>;
    type Error = WriteError;

    async fn run(&self, connection: &mut PgConnection) -> Result<Option<u64>, WriteError> {
        let stored = stored(connection, self.stream, &self.facts).await.map_err(store_error)?;
        if !stored.is_empty() {
            let same = are_those(&self.facts, &stored)?;
            return if same { Ok(None) } else { Err(WriteError::Other) };
        }
        let mut position = None;
        for event in &self.facts {
            let (append, fact) = fact_append(self.stream, event)?;
            let place = place_after(ends(connection, &append).await?, event.recorded_at);
            insert(connection, &append, &fact, 1, place).await?;
            fold(connection, &append, &fact, place).await?;
            raise_lessened(connection, &append).await?;
            position = Some(place.position);
        }
        Ok(position)
    }

    /// It holds its note's key, which nobody else can rest on before it has been written.
    fn lessens(&self) -> bool {
        true
    }

    fn position(done: &Option<u64>) -> Option<u64> {
        *done
    }
}
