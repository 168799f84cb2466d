use sqlx::postgres::PgConnection;
use sticky_domain::event::Fact;
use sticky_domain::port::{Append, StoreError};

use crate::control::Place;
use crate::failure::store_error;
use crate::fold::{Value, Write, writes};

/// Brings the read rows up to a fact, in its transaction.
pub(super) async fn fold(
    connection: &mut PgConnection,
    append: &Append,
    fact: &Fact,
    place: Place,
) -> Result<(), StoreError> {
    for write in writes(append, fact, place) {
        execute(connection, write).await?;
    }
    Ok(())
}

async fn execute(connection: &mut PgConnection, write: Write) -> Result<(), StoreError> {
    let mut query = sqlx::query(write.text);
    for value in write.values {
        query = match value {
            Value::Id(id) => query.bind(id),
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query.execute(connection).await.map(drop).map_err(store_error)
}
