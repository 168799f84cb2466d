use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use sticky_domain::event::Fact;
use sticky_domain::fence::{RightKey, ending, lessened};
use sticky_domain::port::{Append, AppendError, Appended, Clock, StoreError};
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::control::{Job, Place, check, check_expected, nth_op, repeated};
use crate::failure::store_error;
use crate::fence::{DOCUMENT_KEY, Fence};
use crate::fold::fold;
use crate::query::query;
use crate::row::{Columns as _, sql};

/// Appends facts to a control stream and brings the read rows up to them.
pub(super) struct AppendFacts {
    pub(super) append: Append,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Job<PgConnection> for AppendFacts {
    type Done = Appended;
    type Error = AppendError;

    async fn run(&self, connection: &mut PgConnection) -> Result<Appended, AppendError> {
        let append = &self.append;
        debug_assert_eq!(append.stream.lane(), Lane::Control, "updates take the other lane");
        if let Some(appended) = repeated_before(connection, append).await? {
            return Ok(appended);
        }
        let now = self.clock.now();
        let (head, position) = ends(connection, append).await?;
        check_expected(append.expected, head)?;
        check_fence(connection, append, now).await?;
        check(connection, append).await?;
        let count = append.facts.len() as u64;
        for (nth, fact) in (1..).zip(&append.facts) {
            let place = Place { seq: head + nth, position: position + nth, now };
            insert(connection, append, fact, nth, place).await?;
            fold(connection, append, fact, place).await?;
        }
        raise_lessened(connection, append).await?;
        Ok(Appended { seq: head + count, position: position + count, recorded_at: now })
    }

    fn lessens(&self) -> bool {
        let stream = self.append.stream;
        self.append.facts.iter().any(|fact| lessened(stream, fact).or(ended_key(fact)).is_some())
    }

    fn position(done: &Appended) -> Option<u64> {
        Some(done.position)
    }
}

/// What the same append answered before, if there was one.
async fn repeated_before(
    connection: &mut PgConnection,
    append: &Append,
) -> Result<Option<Appended>, AppendError> {
    let ops: Vec<Uuid> = (1..=append.facts.len() as u64).map(|nth| op(append, nth)).collect();
    let mut rows: HashMap<Uuid, PgRow> = HashMap::new();
    for row in known(connection, append, &ops).await? {
        rows.insert(row.uuid("op")?, row);
    }
    let rows: Vec<_> = ops.iter().map(|op| rows.remove(op)).collect();
    repeated(append, &rows)
}

fn op(append: &Append, nth: u64) -> Uuid {
    Uuid::from_bytes(nth_op(append.op, nth).0)
}

async fn known(
    connection: &mut PgConnection,
    append: &Append,
    ops: &[Uuid],
) -> Result<Vec<PgRow>, StoreError> {
    query(
        "select op, seq, position, recorded_at, payload from event
         where kind = $1 and stream = $2 and op = any($3)",
    )
    .bind(append.stream.kind.code())
    .bind(append.stream.id)
    .bind(ops)
    .fetch_all(connection)
    .await
    .map_err(store_error)
}

/// The newest seq of the stream and the newest position of the lane, whose row this transaction holds.
pub(super) async fn ends(
    connection: &mut PgConnection,
    append: &Append,
) -> Result<(u64, u64), StoreError> {
    let row = query(
        "select coalesce((select head from stream where kind = $1 and id = $2), 0) as head,
             floor as position
         from lane where lane = 0",
    )
    .bind(append.stream.kind.code())
    .bind(append.stream.id)
    .fetch_one(connection)
    .await
    .map_err(store_error)?;
    Ok((row.number("head")?, row.number("position")?))
}

async fn check_fence(
    connection: &mut PgConnection,
    append: &Append,
    now: Timestamp,
) -> Result<(), AppendError> {
    if append.fence.is_empty() {
        return Ok(());
    }
    let fence = read_fence(connection, append).await.map_err(store_error)?;
    fence.lapsed(&append.fence, now).map_or(Ok(()), |key| Err(AppendError::Lapsed(key)))
}

/// Versions are raised only under the lane's lock, which this transaction holds.
async fn read_fence(connection: &mut PgConnection, append: &Append) -> Result<Fence, sqlx::Error> {
    let (kinds, ids): (Vec<i16>, Vec<Uuid>) =
        append.fence.iter().map(|key| key.key.parts()).unzip();
    let rows = query(
        "select k.kind, k.id, coalesce(r.version, s.version) as version, r.until
         from unnest($1::int2[], $2::uuid[]) k (kind, id)
             left join right_version r on k.kind <> $3 and r.kind = k.kind and r.id = k.id
             left join stream s on k.kind = $3 and s.kind = 2 and s.id = k.id
         where r.id is not null or s.id is not null",
    )
    .bind(kinds)
    .bind(ids)
    .bind(DOCUMENT_KEY)
    .fetch_all(connection)
    .await?;
    let mut fence = Fence::default();
    for row in rows {
        let version = row.try_get::<i64, _>(2)?.cast_unsigned();
        let until: Option<i64> = row.try_get(3)?;
        fence.hold(row.try_get(0)?, row.try_get(1)?, version, until.map(Timestamp));
    }
    Ok(fence)
}

pub(super) async fn insert(
    connection: &mut PgConnection,
    append: &Append,
    fact: &Fact,
    nth: u64,
    place: Place,
) -> Result<(), StoreError> {
    let (via, via_id) = append.actor.via.parts();
    query(
        "with moved as (update lane set floor = $4 where lane = 0), grown as (
             insert into stream (kind, id, head, updated_at) values ($1, $2, $3, $11)
             on conflict (kind, id) do update
                 set head = excluded.head, updated_at = excluded.updated_at)
         insert into event (kind, stream, seq, lane, position, type, version, op, actor, via, via_id,
             correlation, recorded_at, payload)
         values ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $12, $11, $13)",
    )
    .bind(append.stream.kind.code())
    .bind(append.stream.id)
    .bind(sql(place.seq))
    .bind(sql(place.position))
    .bind(fact.code())
    .bind(Fact::VERSION)
    .bind(op(append, nth))
    .bind(append.actor.principal.0)
    .bind(via)
    .bind(via_id)
    .bind(place.now.0)
    .bind(append.actor.correlation)
    .bind(fact.encode())
    .execute(connection)
    .await
    .map(drop)
    .map_err(store_error)
}

/// Raises the versions of the keys that the facts lessen: from this commit on, nothing under the old right is recorded.
/// Last, and documents after the others, as the writers of content take them.
pub(super) async fn raise_lessened(
    connection: &mut PgConnection,
    append: &Append,
) -> Result<(), StoreError> {
    for fact in &append.facts {
        set_end(connection, fact).await?;
    }
    let mut keys: Vec<RightKey> =
        append.facts.iter().filter_map(|fact| lessened(append.stream, fact)).collect();
    keys.sort_by_key(|key| (matches!(key, RightKey::Document(_)), *key));
    for key in keys {
        raise(connection, key).await?;
    }
    Ok(())
}

fn ended_key(fact: &Fact) -> Option<RightKey> {
    ending(fact).map(|(key, _)| key)
}

/// When the key ends from now on.
async fn set_end(connection: &mut PgConnection, fact: &Fact) -> Result<(), StoreError> {
    let Some((key, until)) = ending(fact) else { return Ok(()) };
    let (kind, id) = key.parts();
    query(
        "insert into right_version (kind, id, until) values ($1, $2, $3)
         on conflict (kind, id) do update set until = excluded.until",
    )
    .bind(kind)
    .bind(id)
    .bind(until.map(|until| until.0))
    .execute(connection)
    .await
    .map(drop)
    .map_err(store_error)
}

async fn raise(connection: &mut PgConnection, key: RightKey) -> Result<(), StoreError> {
    let (kind, id) = key.parts();
    let query = match key {
        RightKey::Document(_) => {
            query("update stream set version = version + 1 where kind = 2 and id = $1").bind(id)
        }
        _ => query(
            "insert into right_version as r (kind, id, version) values ($1, $2, 1)
             on conflict (kind, id) do update set version = r.version + 1",
        )
        .bind(kind)
        .bind(id),
    };
    query.execute(connection).await.map(drop).map_err(store_error)
}
