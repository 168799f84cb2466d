//! A commit of which something does not fit: locks, reads, decides, and writes what does.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection as _, Row as _};
use sticky_domain::event::UPDATE_RECORDED;
use sticky_domain::op_key::OpKey;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::content::{Batch, Committed, Known, Question, Record, Standing, Verdicts};
use crate::fence::DOCUMENT_KEY;
use crate::query::{query, query_scalar};
use crate::row::sql;

pub(super) async fn record_the_rest(
    connection: &mut PgConnection,
    batch: &Batch,
    now: Timestamp,
) -> Result<Committed, sqlx::Error> {
    let question = batch.question();
    give_rows(connection, &question).await?;
    let mut transaction = connection.begin().await?;
    let standing = lock_and_read(&mut transaction, &question).await?;
    let verdicts = batch.judge(standing, now);
    if !verdicts.records().is_empty() {
        write(&mut transaction, &verdicts, now).await?;
    }
    transaction.commit().await?;
    Ok(Committed { position: verdicts.position(), answers: verdicts.into_answers() })
}

/// A row for each key, so that there is something to lock. Committed before anything rests on it.
async fn give_rows(connection: &mut PgConnection, question: &Question) -> Result<(), sqlx::Error> {
    let (kinds, ids) = split(&question.keys);
    query(
        "insert into right_version (kind, id)
         select kind, id from unnest($1::int2[], $2::uuid[]) k (kind, id) order by kind, id
         on conflict do nothing",
    )
    .bind(kinds)
    .bind(ids)
    .execute(connection)
    .await
    .map(drop)
}

/// In the order of the one statement: the lane, the keys, the documents. What is read after its lock is the newest.
async fn lock_and_read(
    connection: &mut PgConnection,
    question: &Question,
) -> Result<Standing, sqlx::Error> {
    let position: i64 = query_scalar("select floor from lane where lane = 1 for update")
        .fetch_one(&mut *connection)
        .await?;
    let mut standing = Standing { position: position.cast_unsigned(), ..Standing::default() };
    for row in lock_keys(connection, question).await? {
        let until: Option<i64> = row.try_get(3)?;
        let version = row.try_get::<i64, _>(2)?.cast_unsigned();
        standing.fence.hold(row.try_get(0)?, row.try_get(1)?, version, until.map(Timestamp));
    }
    for row in lock_documents(connection, question).await? {
        let document = row.try_get(0)?;
        let version = row.try_get::<i64, _>(2)?.cast_unsigned();
        standing.heads.insert(document, row.try_get::<i64, _>(1)?.cast_unsigned());
        standing.fence.hold(DOCUMENT_KEY, document, version, None);
    }
    for row in known(connection, question).await? {
        let op: Uuid = row.try_get(1)?;
        let seq = row.try_get::<i64, _>(2)?.cast_unsigned();
        let known = Known { seq, bytes: row.try_get::<Vec<u8>, _>(3)?.into() };
        standing.known.insert((row.try_get(0)?, OpKey(op.into_bytes())), known);
    }
    Ok(standing)
}

async fn lock_keys(
    connection: &mut PgConnection,
    question: &Question,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let (kinds, ids) = split(&question.keys);
    query(
        "select r.kind, r.id, r.version, r.until
         from unnest($1::int2[], $2::uuid[]) k (kind, id)
             join right_version r on r.kind = k.kind and r.id = k.id
         order by r.kind, r.id for share of r",
    )
    .bind(kinds)
    .bind(ids)
    .fetch_all(connection)
    .await
}

async fn lock_documents(
    connection: &mut PgConnection,
    question: &Question,
) -> Result<Vec<PgRow>, sqlx::Error> {
    query(
        "select id, head, version from stream where kind = 2 and id = any($1)
         order by id for no key update",
    )
    .bind(&question.documents)
    .fetch_all(connection)
    .await
}

async fn known(
    connection: &mut PgConnection,
    question: &Question,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let (documents, ops): (Vec<Uuid>, Vec<Uuid>) =
        question.ops.iter().map(|(document, op)| (*document, Uuid::from_bytes(*op))).unzip();
    query(
        "select e.stream, e.op, e.seq, e.payload
         from unnest($1::uuid[], $2::uuid[]) k (stream, op)
             join event e on e.kind = 2 and e.stream = k.stream and e.op = k.op",
    )
    .bind(documents)
    .bind(ops)
    .fetch_all(connection)
    .await
}

async fn write(
    connection: &mut PgConnection,
    verdicts: &Verdicts,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    for record in verdicts.records() {
        insert(connection, record, now).await?;
    }
    let (documents, heads): (Vec<Uuid>, Vec<i64>) =
        verdicts.heads().into_iter().map(|(document, head)| (document, sql(head))).unzip();
    query(
        "with moved as (update lane set floor = $1 where lane = 1)
         update stream s set head = d.head, updated_at = $2
         from unnest($3::uuid[], $4::int8[]) d (id, head) where s.kind = 2 and s.id = d.id",
    )
    .bind(sql(verdicts.position()))
    .bind(now.0)
    .bind(documents)
    .bind(heads)
    .execute(connection)
    .await
    .map(drop)
}

async fn insert(
    connection: &mut PgConnection,
    record: &Record,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let actor = record.update.actor;
    let (via, via_id) = actor.via.parts();
    query(
        "insert into event (kind, lane, type, version, stream, seq, position, op, actor, via, via_id,
             correlation, recorded_at, payload)
         values (2, 1, $1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(UPDATE_RECORDED)
    .bind(record.document)
    .bind(sql(record.seq))
    .bind(sql(record.position))
    .bind(Uuid::from_bytes(record.update.op.0))
    .bind(actor.principal.0)
    .bind(via)
    .bind(via_id)
    .bind(actor.correlation)
    .bind(now.0)
    .bind(&record.update.bytes[..])
    .execute(connection)
    .await
    .map(drop)
}

fn split(keys: &[(i16, Uuid)]) -> (Vec<i16>, Vec<Uuid>) {
    keys.iter().copied().unzip()
}
