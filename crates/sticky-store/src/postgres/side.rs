//! A database of a server that an installation moves from or to.

mod array;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _};
use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;

use super::{PostgresUrl, connect};
use crate::failure::store_error;
use crate::moving::{MARK, MoveError, Part, Row, Side, Table, quoted};
use crate::row::{sql, unreadable};
use array::{Kind, bind, cell};

/// Names the advisory lock of a move.
const LOCK: i64 = 0x5713_6d6f_7665;
/// What connections of a move are called, so that they are not taken for a server's.
const NAME: &str = "sticky migrate";

pub(crate) struct PostgresSide {
    connection: PgConnection,
}

impl PostgresSide {
    /// Nobody can write it until this is dropped.
    pub(crate) async fn source(url: &PostgresUrl) -> Result<Self, MoveError> {
        let mut side = Self::open(url).await?;
        connect::refuse_half_done(&mut side.connection, url).await?;
        side.refuse_while_served().await?;
        let tables: Vec<&str> = Table::all().iter().map(|table| table.name).collect();
        let lock = format!(
            "set lock_timeout = '10s'; begin isolation level repeatable read;
             lock table {} in share mode",
            tables.join(", ")
        );
        side.execute(lock).await?;
        Ok(side)
    }

    pub(crate) async fn target(url: &PostgresUrl) -> Result<Self, MoveError> {
        let mut side = Self::open(url).await?;
        let locked = sqlx::query_scalar("select pg_try_advisory_lock($1)")
            .bind(LOCK)
            .fetch_one(&mut side.connection)
            .await
            .map_err(store_error)?;
        if locked { Ok(side) } else { Err(MoveError::Busy) }
    }

    async fn open(url: &PostgresUrl) -> Result<Self, MoveError> {
        let mut connection = connect::prepared(url).await?;
        let named = sqlx::query("select set_config('application_name', $1, false)").bind(NAME);
        named.execute(&mut connection).await.map_err(store_error)?;
        Ok(Self { connection })
    }

    /// Locks alone would let servers start, and fail at everything.
    async fn refuse_while_served(&mut self) -> Result<(), MoveError> {
        let servers = sqlx::query_scalar(
            "select count(*) from pg_stat_activity
             where datname = current_database() and application_name = 'sticky'",
        )
        .fetch_one(&mut self.connection)
        .await
        .map_err(store_error)?;
        if servers > 0 { Err(MoveError::Served(servers)) } else { Ok(()) }
    }

    async fn execute(&mut self, text: String) -> Result<(), StoreError> {
        self.connection.execute(AssertSqlSafe(text)).await.map(drop).map_err(store_error)
    }

    async fn number(&mut self, text: String) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_one(&mut self.connection)
            .await
            .map_err(store_error)
    }

    async fn kinds(&mut self, table: &str, columns: &[String]) -> Result<Vec<Kind>, StoreError> {
        let mut kinds = Vec::with_capacity(columns.len());
        for column in columns {
            let name: String = sqlx::query_scalar(
                "select udt_name::text from information_schema.columns
                 where table_schema = current_schema() and table_name = $1 and column_name = $2",
            )
            .bind(table)
            .bind(column)
            .fetch_one(&mut self.connection)
            .await
            .map_err(store_error)?;
            kinds.push(Kind::named(&name)?);
        }
        Ok(kinds)
    }
}

#[async_trait]
impl Side for PostgresSide {
    /// Without those that the database gives of itself.
    async fn columns(&mut self, table: &Table) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(
            "select column_name::text collate \"C\" from information_schema.columns
             where table_schema = current_schema() and table_name = $1 and is_identity = 'NO'
             order by 1",
        )
        .bind(table.name)
        .fetch_all(&mut self.connection)
        .await
        .map_err(store_error)
    }

    async fn count(&mut self, table: &'static str) -> Result<u64, StoreError> {
        let count = self.number(format!("select count(*) from {table}")).await?;
        Ok(count.unwrap_or(0).cast_unsigned())
    }

    fn rows<'a>(&'a mut self, part: &Part<'_>) -> BoxStream<'a, Result<Row, StoreError>> {
        let width = part.width();
        sqlx::query(AssertSqlSafe(part.sql(" collate \"C\"")))
            .fetch(&mut self.connection)
            .map_err(store_error)
            .and_then(move |row| {
                std::future::ready((0..width).map(|index| cell(&row, index)).collect())
            })
            .boxed()
    }

    async fn last(&mut self, lane: Lane) -> Result<Option<u64>, StoreError> {
        let text = format!("select max(position) from event where lane = {}", lane.code());
        Ok(self.number(text).await?.map(i64::cast_unsigned))
    }

    async fn position(&mut self, lane: Lane) -> Result<u64, StoreError> {
        let floor = self.number(format!("select floor from lane where lane = {}", lane.code()));
        Ok(floor.await?.unwrap_or(0).cast_unsigned())
    }

    async fn write(
        &mut self,
        table: &'static str,
        columns: &[String],
        rows: Vec<Row>,
    ) -> Result<(), StoreError> {
        let kinds = self.kinds(table, columns).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let arrays: Vec<String> =
            (1..).zip(&kinds).map(|(nth, kind)| format!("${nth}::{}[]", kind.name())).collect();
        let text = format!(
            "insert into {table} ({}) select * from unnest({})",
            quoted(columns),
            arrays.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (index, kind) in kinds.into_iter().enumerate() {
            query = bind(query, kind, &rows, index)
                .ok_or_else(|| unreadable(&format!("a value of {table}.{}", columns[index])))?;
        }
        query.execute(&mut self.connection).await.map(drop).map_err(store_error)
    }

    async fn clear(&mut self, table: &'static str) -> Result<(), StoreError> {
        self.execute(format!("delete from {table}")).await
    }

    async fn is_marked(&mut self) -> Result<bool, StoreError> {
        let marks = self.number(format!("select count(*) from setting where name = '{MARK}'"));
        Ok(marks.await? != Some(0))
    }

    async fn mark(&mut self) -> Result<(), StoreError> {
        self.execute(format!("insert into setting (name, value) values ('{MARK}', 1)")).await
    }

    async fn open_for_use(&mut self, [control, content]: [u64; 2]) -> Result<(), StoreError> {
        self.execute(format!(
            "begin;
             update lane set floor = {} where lane = 0;
             update lane set floor = {} where lane = 1;
             delete from setting where name = '{MARK}';
             commit",
            sql(control),
            sql(content)
        ))
        .await
    }
}
