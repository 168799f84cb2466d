use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgConnection, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Database};
use sticky_domain::port::StoreError;

use crate::failure::store_error;
use crate::finding::Index;
use crate::query::query;
use crate::row::Columns;
use crate::statement::{Statement, Value};

/// A connection of any engine, for statements that every engine understands.
#[async_trait]
pub(crate) trait Connection:
    Index + sqlx::Connection<Database: Database<Connection = Self>> + 'static
{
    type Row: Columns + Send + Sync;

    /// Begins a transaction in which every read sees the same moment.
    const BEGIN_READING: &'static str;

    /// Behind a select, it keeps the rows from others until the transaction ends.
    const LOCKING: &'static str;

    /// Selects each id of a list that is bound as the first value: JSON, of hexadecimal digits.
    const EACH_ID: &'static str;

    /// Returns how many rows were written.
    async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError>;

    async fn rows(&mut self, statement: Statement) -> Result<Vec<Self::Row>, StoreError>;
}

#[async_trait]
impl Connection for SqliteConnection {
    type Row = SqliteRow;

    const BEGIN_READING: &'static str = "begin";

    /// Whoever writes is alone already.
    const LOCKING: &'static str = "";

    const EACH_ID: &'static str = "select unhex(value) from json_each($1)";

    async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError> {
        let done = for_sqlite(statement).execute(self).await.map_err(store_error)?;
        Ok(done.rows_affected())
    }

    async fn rows(&mut self, statement: Statement) -> Result<Vec<SqliteRow>, StoreError> {
        for_sqlite(statement).fetch_all(self).await.map_err(store_error)
    }
}

#[async_trait]
impl Connection for PgConnection {
    type Row = PgRow;

    const BEGIN_READING: &'static str =
        "begin transaction isolation level repeatable read, read only";

    const LOCKING: &'static str = " for update";

    const EACH_ID: &'static str =
        "select value::uuid from jsonb_array_elements_text($1::text::jsonb) as listed (value)";

    async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError> {
        let done = for_postgres(statement).execute(self).await.map_err(store_error)?;
        Ok(done.rows_affected())
    }

    async fn rows(&mut self, statement: Statement) -> Result<Vec<PgRow>, StoreError> {
        for_postgres(statement).fetch_all(self).await.map_err(store_error)
    }
}

fn for_sqlite(statement: Statement) -> Query<'static, Sqlite, SqliteArguments> {
    let mut query = query(AssertSqlSafe(statement.text.into_owned()));
    for value in statement.values {
        query = match value {
            Value::Id(id) => query.bind(id),
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query
}

fn for_postgres(statement: Statement) -> Query<'static, Postgres, PgArguments> {
    let mut query = query(AssertSqlSafe(statement.text.into_owned()));
    for value in statement.values {
        query = match value {
            Value::Id(id) => query.bind(id),
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query
}

/// The one row that there may be.
pub(crate) async fn row<C: Connection>(
    connection: &mut C,
    statement: Statement,
) -> Result<Option<C::Row>, StoreError> {
    Ok(connection.rows(statement).await?.into_iter().next())
}

/// What the first row says.
pub(crate) async fn one<C: Connection, T>(
    connection: &mut C,
    question: Statement,
    read: impl Fn(&C::Row) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    row(connection, question).await?.as_ref().map(read).transpose()
}

/// What the rows say.
pub(crate) async fn all<C: Connection, T>(
    connection: &mut C,
    question: Statement,
    read: impl Fn(&C::Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    connection.rows(question).await?.iter().map(read).collect()
}
