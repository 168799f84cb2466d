//! Histories out of the log, and from elsewhere into it.

use async_trait::async_trait;
use futures::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sticky_domain::event::{Event, UPDATE_RECORDED};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Histories, PastEvent, StoreError, WriteError};
use sticky_domain::stream::StreamId;

use super::Sqlite;
use super::append::{ends, insert, raise};
use super::values::push_values;
use crate::control::Job;
use crate::failure::store_error;
use crate::fold::fold;
use crate::past::{are_those, fact_append, place_after, rest, update_of};
use crate::query::query;
use crate::row::{self, Columns as _, sql};

/// The parameters of one event.
const EVENT_PARAMETERS: usize = 10;

#[async_trait]
impl Histories for Sqlite {
    async fn page(
        &self,
        stream: StreamId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let mut reader = self.readers.get().await?;
        let mut rows =
            query("select * from event where kind = ? and stream = ? and seq > ? order by seq")
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

    async fn write_updates(
        &self,
        document: DocumentId,
        updates: Vec<PastEvent>,
    ) -> Result<(), WriteError> {
        self.control.submit(WriteUpdates { document, updates }).await
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

#[async_trait]
impl Job<SqliteConnection> for WriteUpdates {
    type Done = ();
    type Error = WriteError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), WriteError> {
        let stream = StreamId::content(self.document);
        let (position, head) = stands(connection, self.document).await?;
        let stored = stored(connection, stream, &self.updates).await?;
        let rest = rest(&self.updates, head, &stored)?;
        match rest.last() {
            Some(last) => {
                insert_updates(connection, stream, rest, position).await?;
                Ok(raise_head(connection, stream, last).await?)
            }
            None => Ok(()),
        }
    }
}

/// The content lane's newest position and the head of the note's updates. A note that is there takes no history.
async fn stands(
    connection: &mut SqliteConnection,
    document: DocumentId,
) -> Result<(u64, u64), WriteError> {
    let row = query(
        "select max(floor, ifnull((select max(position) from event where lane = 1), 0)) as position,
             ifnull((select head from stream where kind = 2 and id = ?1), 0) as head
         from lane
         where lane = 1 and not exists (select 1 from stream where kind = 1 and id = ?1)",
    )
    .bind(document.0)
    .fetch_optional(connection)
    .await
    .map_err(store_error)?
    .ok_or(WriteError::Other)?;
    Ok((row.number("position")?, row.number("head")?))
}

/// What the stream has of those seqs.
async fn stored(
    connection: &mut SqliteConnection,
    stream: StreamId,
    events: &[PastEvent],
) -> Result<Vec<SqliteRow>, StoreError> {
    let seq = |event: Option<&PastEvent>| sql(event.map_or(0, |event| event.seq));
    query(
        "select seq, op from event where kind = ? and stream = ? and seq between ? and ? order by seq",
    )
    .bind(stream.kind.code())
    .bind(stream.id)
    .bind(seq(events.first()))
    .bind(seq(events.last()))
    .fetch_all(connection)
    .await
    .map_err(store_error)
}

async fn insert_updates(
    connection: &mut SqliteConnection,
    stream: StreamId,
    updates: &[PastEvent],
    position: u64,
) -> Result<(), StoreError> {
    let mut query = query(AssertSqlSafe(insert_sql(updates.len())));
    for (position, update) in (position + 1..).zip(updates) {
        let (via, via_id) = update.actor.via.parts();
        query = query
            .bind(stream.id)
            .bind(sql(update.seq))
            .bind(sql(position))
            .bind(update.op.0.to_vec())
            .bind(update.actor.principal.0)
            .bind(via)
            .bind(via_id)
            .bind(update.actor.correlation)
            .bind(update.recorded_at.0)
            .bind(update_of(update).to_vec());
    }
    query.persistent(false).execute(connection).await.map(drop).map_err(store_error)
}

fn insert_sql(updates: usize) -> String {
    let mut text = format!(
        "insert into event (kind, lane, type, version, stream, seq, position, op, actor, via, via_id,
             correlation, recorded_at, payload)
         select 2, 1, {UPDATE_RECORDED}, 1, column1, column2, column3, column4, column5, column6,
             column7, column8, column9, column10 from ("
    );
    push_values(&mut text, updates, EVENT_PARAMETERS);
    text.push(')');
    text
}

async fn raise_head(
    connection: &mut SqliteConnection,
    stream: StreamId,
    last: &PastEvent,
) -> Result<(), StoreError> {
    query(
        "insert into stream (kind, id, head, updated_at) values (?, ?, ?, ?)
         on conflict (kind, id) do update set head = excluded.head, updated_at = excluded.updated_at",
    )
    .bind(stream.kind.code())
    .bind(stream.id)
    .bind(sql(last.seq))
    .bind(last.recorded_at.0)
    .execute(connection)
    .await
    .map(drop)
    .map_err(store_error)
}

struct WriteFacts {
    stream: StreamId,
    facts: Vec<PastEvent>,
}

#[async_trait]
impl Job<SqliteConnection> for WriteFacts {
    /// The lane's position, if anything was written.
    type Done = Option<u64>;
    type Error = WriteError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Option<u64>, WriteError> {
        let stored = stored(connection, self.stream, &self.facts).await?;
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
            raise(connection, &append, &fact).await?;
            position = Some(place.position);
        }
        Ok(position)
    }

    fn position(done: &Option<u64>) -> Option<u64> {
        *done
    }
}
