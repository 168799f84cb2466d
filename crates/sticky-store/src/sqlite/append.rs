use std::sync::Arc;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};
use sticky_domain::event::Fact;
use sticky_domain::fence::{RightKey, ending, lessened};
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{Append, AppendError, Appended, Clock, StoreError};
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;

use super::values::push_values;
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
impl Job<SqliteConnection> for AppendFacts {
    type Done = Appended;
    type Error = AppendError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Appended, AppendError> {
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
            raise(connection, append, fact).await?;
            set_end(connection, fact).await?;
        }
        Ok(Appended { seq: head + count, position: position + count, recorded_at: now })
    }

    fn position(done: &Appended) -> Option<u64> {
        Some(done.position)
    }
}

/// What the same append answered before, if there was one.
async fn repeated_before(
    connection: &mut SqliteConnection,
    append: &Append,
) -> Result<Option<Appended>, AppendError> {
    let mut rows = Vec::with_capacity(append.facts.len());
    for nth in 1..=append.facts.len() as u64 {
        rows.push(known(connection, append, nth_op(append.op, nth)).await?);
    }
    repeated(append, &rows)
}

async fn known(
    connection: &mut SqliteConnection,
    append: &Append,
    op: OpKey,
) -> Result<Option<SqliteRow>, StoreError> {
    query(
        "select seq, position, recorded_at, payload from event
         where kind = ? and stream = ? and op = ?",
    )
    .bind(append.stream.kind.code())
    .bind(append.stream.id)
    .bind(op.0.to_vec())
    .fetch_optional(connection)
    .await
    .map_err(store_error)
}

/// The newest seq of the stream and the newest position of the lane.
pub(super) async fn ends(
    connection: &mut SqliteConnection,
    append: &Append,
) -> Result<(u64, u64), StoreError> {
    let row = query(
        "select ifnull((select head from stream where kind = ? and id = ?), 0) as head,
             max(floor, ifnull((select max(position) from event where lane = 0), 0)) as position
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
    connection: &mut SqliteConnection,
    append: &Append,
    now: Timestamp,
) -> Result<(), AppendError> {
    if append.fence.is_empty() {
        return Ok(());
    }
    let fence = read_fence(connection, append).await.map_err(store_error)?;
    fence.lapsed(&append.fence, now).map_or(Ok(()), |key| Err(AppendError::Lapsed(key)))
}

async fn read_fence(
    connection: &mut SqliteConnection,
    append: &Append,
) -> Result<Fence, sqlx::Error> {
    let mut query = query(AssertSqlSafe(fence_sql(append.fence.len())));
    for key in &append.fence {
        let (kind, id) = key.key.parts();
        query = query.bind(kind).bind(id);
    }
    let mut fence = Fence::default();
    for row in query.fetch_all(connection).await? {
        let until: Option<i64> = row.try_get(3)?;
        fence.hold(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, until.map(Timestamp));
    }
    Ok(fence)
}

fn fence_sql(keys: usize) -> String {
    let mut text = "with w (kind, id) as (".to_owned();
    push_values(&mut text, keys, 2);
    text.push_str(&format!(
        ") select r.kind, r.id, r.version, r.until
             from w cross join right_version r on r.kind = w.kind and r.id = w.id
         union all
         select {DOCUMENT_KEY}, s.id, s.version, null
             from w cross join stream s on w.kind = {DOCUMENT_KEY} and s.kind = 2 and s.id = w.id"
    ));
    text
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    append: &Append,
    fact: &Fact,
    nth: u64,
    place: Place,
) -> Result<(), StoreError> {
    let (via, via_id) = append.actor.via.parts();
    query(
        "insert into event (kind, stream, seq, lane, position, type, version, op, actor, via, via_id,
             correlation, recorded_at, payload)
         values (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
         insert into stream (kind, id, head, updated_at) values (?, ?, ?, ?)
         on conflict (kind, id) do update set head = excluded.head, updated_at = excluded.updated_at",
    )
    .bind(append.stream.kind.code())
    .bind(append.stream.id)
    .bind(sql(place.seq))
    .bind(sql(place.position))
    .bind(fact.code())
    .bind(Fact::VERSION)
    .bind(nth_op(append.op, nth).0.to_vec())
    .bind(append.actor.principal.0)
    .bind(via)
    .bind(via_id)
    .bind(append.actor.correlation)
    .bind(place.now.0)
    .bind(fact.encode())
    .bind(append.stream.kind.code())
    .bind(append.stream.id)
    .bind(sql(place.seq))
    .bind(place.now.0)
    .execute(connection)
    .await
    .map(drop)
    .map_err(store_error)
}

/// Raises the version of the key that the fact lessens: from this commit on, nothing under the old right is recorded.
pub(super) async fn raise(
    connection: &mut SqliteConnection,
    append: &Append,
    fact: &Fact,
) -> Result<(), StoreError> {
    let query = match lessened(append.stream, fact) {
        None => return Ok(()),
        Some(RightKey::Document(document)) => {
            query("update stream set version = version + 1 where kind = 2 and id = ?")
                .bind(document.0)
        }
        Some(key) => {
            let (kind, id) = key.parts();
            query(
                "insert into right_version (kind, id, version) values (?, ?, 1)
                 on conflict (kind, id) do update set version = version + 1",
            )
            .bind(kind)
            .bind(id)
        }
    };
    query.execute(connection).await.map(drop).map_err(store_error)
}

/// When the key ends from now on.
async fn set_end(connection: &mut SqliteConnection, fact: &Fact) -> Result<(), StoreError> {
    let Some((key, until)) = ending(fact) else { return Ok(()) };
    let (kind, id) = key.parts();
    query(
        "insert into right_version (kind, id, until) values (?, ?, ?)
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
