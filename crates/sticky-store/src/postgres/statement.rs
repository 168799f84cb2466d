//! A commit as one statement: one round trip, whatever its size.

mod columns;

use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use sticky_domain::event::UPDATE_RECORDED;
use sticky_domain::port::Recorded;
use sticky_domain::time::Timestamp;

use crate::content::{Batch, Committed};
use crate::query::query;
use columns::Columns;

/// Locks in this order: the lane, the keys, the documents. Nothing else says so than that each part reads from those
/// before it, so `moved` must be named wherever a row is locked. READ COMMITTED looks again at each row that it had to wait
/// for, so a version that was raised meanwhile no longer equals the one that the right was decided on, and what rests on
/// it is not written. Then something is missing at the end, and `misfit` takes everything back.
///
/// A key without a row could be raised unseen, so it does not fit either.
///
/// `heads` is an array because a join of updates and documents would look at each pair of them.
const RECORD: &str = "
    with moved as (
        update lane set floor = floor + $1 where lane = 1 returning floor - $1 as base
    ), held as (
        select r.id from moved, unnest($2::int2[], $3::uuid[], $4::int8[]) k (kind, id, version)
            join right_version r on r.kind = k.kind and r.id = k.id
        where r.version = k.version and (r.until is null or r.until > $5)
        order by r.kind, r.id
        for share of r
    ), grown as (
        update stream s set head = s.head + d.count,
            updated_at = case when d.count > 0 then $5 else s.updated_at end
        from moved, unnest($6::uuid[], $7::int8[], $8::int8[])
            with ordinality d (id, count, version, nth)
        where s.kind = 2 and s.id = d.id and (d.version is null or d.version = s.version)
            and (select count(*) from held) = cardinality($2::int2[])
        returning d.nth, s.head
    ), heads as (
        select array_agg(head order by nth) as heads from grown
    ), written as (
        insert into event (kind, stream, seq, lane, position, type, version, op, actor, via, via_id,
            correlation, recorded_at, payload)
        select 2, e.stream, h.heads[e.place] - e.back, 1, m.base + e.nth, $9, 1, e.op, e.actor, e.via, e.via_id,
            e.correlation, $5, e.payload
        from moved m, heads h, unnest($10::uuid[], $11::int8[], $12::int8[], $13::uuid[], $14::uuid[],
                $15::int2[], $16::uuid[], $17::uuid[], $18::bytea[])
            with ordinality e (stream, place, back, op, actor, via, via_id, correlation, payload, nth)
        where cardinality(h.heads) = cardinality($6::uuid[])
        returning position, seq
    )
    select position, seq from written
    union all
    select misfit(), 0 where (select count(*) from written) <> $1
    order by position";

pub(super) async fn record(
    connection: &mut PgConnection,
    batch: &Batch,
    now: Timestamp,
) -> Result<Committed, sqlx::Error> {
    let columns = Columns::of(batch);
    let rows = query(RECORD)
        .bind(columns.streams.len() as i64)
        .bind(columns.key_kinds)
        .bind(columns.key_ids)
        .bind(columns.key_versions)
        .bind(now.0)
        .bind(columns.documents)
        .bind(columns.counts)
        .bind(columns.document_versions)
        .bind(UPDATE_RECORDED)
        .bind(columns.streams)
        .bind(columns.places)
        .bind(columns.backs)
        .bind(columns.ops)
        .bind(columns.actors)
        .bind(columns.vias)
        .bind(columns.via_ids)
        .bind(columns.correlations)
        .bind(columns.payloads)
        .fetch_all(connection)
        .await?;
    committed(&rows)
}

/// The rows are in the order in which the updates were sent.
fn committed(rows: &[PgRow]) -> Result<Committed, sqlx::Error> {
    let mut answers = Vec::with_capacity(rows.len());
    let mut position = 0;
    for row in rows {
        position = row.try_get::<i64, _>(0)?.cast_unsigned();
        let seq = row.try_get::<i64, _>(1)?.cast_unsigned();
        answers.push(Ok(Recorded { seq, repeated: false }));
    }
    Ok(Committed { position, answers })
}
