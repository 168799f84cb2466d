//! A file that an installation moves from or to.

use std::path::Path;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, TypeInfo as _, ValueRef as _};
use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;

use super::values::push_values;
use super::{absolute, connect};
use crate::ServingLock;
use crate::failure::store_error;
use crate::moving::{Cell, MARK, MoveError, Part, Row, Side, Table, quoted};
use crate::row::sql;

pub(crate) struct SqliteSide {
    connection: SqliteConnection,
    _lock: ServingLock,
}

impl SqliteSide {
    /// Nobody serves or writes it until this is dropped.
    pub(crate) async fn source(path: &Path) -> Result<Self, MoveError> {
        if !path.exists() {
            return Err(MoveError::Missing(path.display().to_string()));
        }
        let mut side = Self::open(path).await?;
        connect::refuse_half_done(&mut side.connection, path).await?;
        side.execute("begin immediate").await?;
        Ok(side)
    }

    pub(crate) async fn target(path: &Path) -> Result<Self, MoveError> {
        Self::open(path).await
    }

    async fn open(path: &Path) -> Result<Self, MoveError> {
        let path = absolute(Some(path))?.expect("a path stays one");
        let lock = ServingLock::take(&path)?;
        Ok(Self { connection: connect::writer(Some(&path)).await?, _lock: lock })
    }

    async fn execute(&mut self, text: &str) -> Result<(), StoreError> {
        let query = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
        query.execute(&mut self.connection).await.map(drop).map_err(store_error)
    }

    async fn number(&mut self, text: String) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_one(&mut self.connection)
            .await
            .map_err(store_error)
    }
}

#[async_trait]
impl Side for SqliteSide {
    async fn columns(&mut self, table: &Table) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar("select name from pragma_table_info(?) order by name")
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
        sqlx::query(AssertSqlSafe(part.sql("")))
            .fetch(&mut self.connection)
            .map_err(store_error)
            .and_then(move |row| std::future::ready(cells(&row, width)))
            .boxed()
    }

    async fn last(&mut self, lane: Lane) -> Result<Option<u64>, StoreError> {
        let text = format!("select max(position) from event where lane = {}", lane.code());
        Ok(self.number(text).await?.map(i64::cast_unsigned))
    }

    async fn position(&mut self, lane: Lane) -> Result<u64, StoreError> {
        let floor = self.number(format!("select floor from lane where lane = {}", lane.code()));
        let floor = floor.await?.unwrap_or(0).cast_unsigned();
        Ok(self.last(lane).await?.unwrap_or(0).max(floor))
    }

    async fn write(
        &mut self,
        table: &'static str,
        columns: &[String],
        rows: Vec<Row>,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut text = format!("insert into {table} ({}) ", quoted(columns));
        push_values(&mut text, rows.len(), columns.len());
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(false);
        for cell in rows.into_iter().flatten() {
            query = match cell {
                Cell::Null => query.bind(None::<i64>),
                Cell::Number(number) => query.bind(number),
                Cell::Text(text) => query.bind(text),
                Cell::Bytes(bytes) => query.bind(bytes),
            };
        }
        query.execute(&mut self.connection).await.map(drop).map_err(store_error)
    }

    async fn clear(&mut self, table: &'static str) -> Result<(), StoreError> {
        self.execute(&format!("delete from {table}")).await
    }

    async fn is_marked(&mut self) -> Result<bool, StoreError> {
        let marks = self.number(format!("select count(*) from setting where name = '{MARK}'"));
        Ok(marks.await? != Some(0))
    }

    async fn mark(&mut self) -> Result<(), StoreError> {
        self.execute(&format!("insert into setting (name, value) values ('{MARK}', 1)")).await
    }

    async fn open_for_use(&mut self, [control, content]: [u64; 2]) -> Result<(), StoreError> {
        self.execute(&format!(
            "begin immediate;
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

fn cells(row: &SqliteRow, width: usize) -> Result<Row, StoreError> {
    (0..width).map(|index| cell(row, index).map_err(store_error)).collect()
}

fn cell(row: &SqliteRow, index: usize) -> Result<Cell, sqlx::Error> {
    let value = row.try_get_raw(index)?;
    let kind = if value.is_null() { None } else { Some(value.type_info().name().to_owned()) };
    Ok(match kind.as_deref() {
        None => Cell::Null,
        Some("INTEGER") => Cell::Number(row.try_get(index)?),
        Some("TEXT") => Cell::Text(row.try_get(index)?),
        Some(_) => Cell::Bytes(row.try_get(index)?),
    })
}
