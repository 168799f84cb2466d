use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};
use sticky_domain::event::UPDATE_RECORDED;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::content::{Known, Question, Record, Standing, Verdicts};
use crate::failure::store_error;
use crate::fence::DOCUMENT_KEY;
use crate::query::query;
use crate::row::sql;
use crate::sqlite::values::push_values;

/// The SQL of a commit, written once per size. Lists of values are filled up with NULL to the next power of two, so that a
/// few statements stay prepared for every size.
#[derive(Debug, Default)]
pub(super) struct Statements {
    reads: HashMap<(usize, usize), Arc<str>>,
    writes: HashMap<(usize, usize, bool), Arc<str>>,
}

/// How things stand, and the version of the file as this connection sees it: it changes when others write, not when we do.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) standing: Standing,
    pub(super) version: i64,
}

type Bound = Query<'static, Sqlite, SqliteArguments>;

/// The parameters of one new event.
const EVENT_PARAMETERS: usize = 10;

impl Statements {
    pub(super) async fn begin_and_read(
        &mut self,
        connection: &mut SqliteConnection,
        question: &Question,
    ) -> Result<Read, StoreError> {
        let streams = question.documents.len().max(question.ops.len()).next_power_of_two();
        let keys = question.keys.len().next_power_of_two();
        let text = self.reads.entry((streams, keys)).or_insert_with(|| read_sql(streams, keys));
        let mut query = query(AssertSqlSafe(Arc::clone(text)));
        for document in padded(&question.documents, streams) {
            query = query.bind(document.copied());
        }
        for key in padded(&question.keys, keys) {
            query = query.bind(key.map(|key| key.0)).bind(key.map(|key| key.1));
        }
        for op in padded(&question.ops, streams) {
            query = query.bind(op.map(|op| op.0)).bind(op.map(|op| op.1.to_vec()));
        }
        let rows = query.fetch_all(connection).await.map_err(store_error)?;
        read(question, &rows).map_err(store_error)
    }

    /// Writes in the transaction that has read.
    pub(super) async fn write_and_commit(
        &mut self,
        connection: &mut SqliteConnection,
        verdicts: &Verdicts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = self.write(verdicts, now, None);
        query.execute(connection).await.map(drop).map_err(store_error)
    }

    /// Writes in a transaction of its own, unless others have written since the file was at `version`: false then.
    pub(super) async fn write_unless_changed(
        &mut self,
        connection: &mut SqliteConnection,
        verdicts: &Verdicts,
        now: Timestamp,
        version: i64,
    ) -> Result<bool, StoreError> {
        let query = self.write(verdicts, now, Some(version));
        let rows = query.fetch_all(connection).await.map_err(store_error)?;
        let wrote = rows.first().map_or(Ok(false), |row| row.try_get(0));
        wrote.map_err(store_error)
    }

    fn write(&mut self, verdicts: &Verdicts, now: Timestamp, version: Option<i64>) -> Bound {
        let heads: Vec<_> = verdicts.heads().into_iter().collect();
        let events = verdicts.records().len().next_power_of_two();
        let streams = heads.len().next_power_of_two();
        let text = self
            .writes
            .entry((events, streams, version.is_some()))
            .or_insert_with(|| write_sql(events, streams, version.is_some()));
        let mut query = query(AssertSqlSafe(Arc::clone(text)));
        for record in verdicts.records() {
            query = bind_record(query, record, now);
        }
        for _ in 0..EVENT_PARAMETERS * (events - verdicts.records().len()) {
            query = query.bind(None::<i64>);
        }
        if let Some(version) = version {
            query = query.bind(version);
        }
        for head in padded(&heads, streams) {
            query =
                query.bind(head.map(|head| head.0)).bind(head.map(|head| sql(head.1))).bind(now.0);
        }
        query
    }

    /// Leaves no transaction behind. When there is none, that is what was wanted.
    pub(super) async fn rollback(&self, connection: &mut SqliteConnection) {
        if let Err(error) = sqlx::raw_sql("rollback").execute(connection).await {
            tracing::debug!(%error, "nothing to roll back");
        }
    }
}

fn padded<T>(items: &[T], size: usize) -> impl Iterator<Item = Option<&T>> {
    items.iter().map(Some).chain(std::iter::repeat(None)).take(size)
}

fn bind_record(query: Bound, record: &Record, now: Timestamp) -> Bound {
    let actor = record.update.actor;
    let (via, via_id) = actor.via.parts();
    query
        .bind(record.document)
        .bind(sql(record.seq))
        .bind(sql(record.position))
        .bind(record.update.op.0.to_vec())
        .bind(actor.principal.0)
        .bind(via)
        .bind(via_id)
        .bind(actor.correlation)
        .bind(now.0)
        .bind(record.update.bytes.to_vec())
}

const POSITION: i16 = 0;
const STREAM: i16 = 1;
const RIGHT: i16 = 2;
const KNOWN: i16 = 3;
const VERSION: i16 = 4;

/// `cross join` keeps the list outermost, so that each of its rows is one descent of an index.
fn read_sql(streams: usize, keys: usize) -> Arc<str> {
    let mut text = format!(
        "begin immediate;
         select {VERSION}, data_version from pragma_data_version;
         select {POSITION}, max(floor, ifnull((select max(position) from event where lane = 1), 0))
         from lane where lane = 1;
         select {STREAM}, s.id, s.head, s.version from ("
    );
    push_values(&mut text, streams, 1);
    let _ = write!(
        text,
        ") w cross join stream s on s.kind = 2 and s.id = w.column1;
         select {RIGHT}, r.kind, r.id, r.version, r.until from ("
    );
    push_values(&mut text, keys, 2);
    let _ = write!(
        text,
        ") w cross join right_version r on r.kind = w.column1 and r.id = w.column2;
         select {KNOWN}, e.stream, e.op, e.seq, e.payload from ("
    );
    push_values(&mut text, streams, 2);
    text.push_str(
        ") w cross join event e on e.kind = 2 and e.stream = w.column1 and e.op = w.column2",
    );
    text.into()
}

/// Goes on in the transaction that has read; or, `unless_changed`, in its own, where it writes nothing if others have
/// written since a version of the file, and says in one row whether it wrote.
fn write_sql(events: usize, streams: usize, unless_changed: bool) -> Arc<str> {
    let pick = |begun, unchanged| if unless_changed { unchanged } else { begun };
    let mut text = format!(
        "{}insert into event (kind, lane, type, version, stream, seq, position, op, actor, via, via_id,
             correlation, recorded_at, payload)
         select 2, 1, {UPDATE_RECORDED}, 1, column1, column2, column3, column4, column5, column6,
             column7, column8, column9, column10 from (",
        pick("", "begin immediate; ")
    );
    push_values(&mut text, events, EVENT_PARAMETERS);
    let _ = write!(
        text,
        ") where column1 is not null{};
         insert into stream (kind, id, head, updated_at) select 2, column1, column2, column3 from (",
        pick("", " and (select data_version from pragma_data_version) = ?")
    );
    push_values(&mut text, streams, 3);
    let _ = write!(
        text,
        ") where column1 is not null{}
         on conflict (kind, id) do update set head = excluded.head, updated_at = excluded.updated_at;
         {}commit",
        pick("", " and changes() > 0"),
        pick("", "select changes() > 0; ")
    );
    text.into()
}

fn read(question: &Question, rows: &[SqliteRow]) -> Result<Read, sqlx::Error> {
    let (mut standing, mut version) = (Standing::default(), 0);
    for (kind, id) in &question.keys {
        standing.fence.hold(*kind, *id, 0, None);
    }
    for row in rows {
        match row.try_get::<i16, _>(0)? {
            VERSION => version = row.try_get(1)?,
            POSITION => standing.position = row.try_get(1)?,
            STREAM => {
                let document: Uuid = row.try_get(1)?;
                standing.heads.insert(document, row.try_get(2)?);
                standing.fence.hold(DOCUMENT_KEY, document, row.try_get(3)?, None);
            }
            RIGHT => {
                let until: Option<i64> = row.try_get(4)?;
                standing.fence.hold(
                    row.try_get(1)?,
                    row.try_get(2)?,
                    row.try_get(3)?,
                    until.map(Timestamp),
                );
            }
            _ => {
                let op: Uuid = row.try_get(2)?;
                let known =
                    Known { seq: row.try_get(3)?, bytes: row.try_get::<Vec<u8>, _>(4)?.into() };
                standing.known.insert((row.try_get(1)?, OpKey(op.into_bytes())), known);
            }
        }
    }
    Ok(Read { standing, version })
}
