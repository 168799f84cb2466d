use async_trait::async_trait;
use sticky_domain::event::Event;
use sticky_domain::port::{AuditLog, AuditQuestion, StoreError, Totals};

use super::Postgres;
use crate::audit::{Bound, Dialect, statement};
use crate::failure::store_error;
use crate::query::query;
use crate::row;

const DIALECT: Dialect = Dialect {
    placeholder: |number| format!("${number}"),
    holds: |whole, part| format!("position({part} in {whole}) > 0"),
};

#[async_trait]
impl AuditLog for Postgres {
    async fn facts(&self, question: &AuditQuestion) -> Result<Vec<Event>, StoreError> {
        let (text, values) = statement(question, &DIALECT);
        let query =
            values.into_iter().fold(query(sqlx::AssertSqlSafe(text)), |query, value| match value {
                Bound::Id(id) => query.bind(id),
                Bound::Number(number) => query.bind(number),
                Bound::Bytes(bytes) => query.bind(bytes),
            });
        let mut reader = self.readers.get().await?;
        let rows = query.fetch_all(&mut *reader).await.map_err(store_error)?;
        rows.iter().map(row::event).collect()
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = query(
            "select (select count(*) from document where deleted_at is null) as documents,
                (select count(*) from document where deleted_at is not null) as trashed_documents,
                (select count(*) from link where revoked_at is null) as links,
                (select count(*) from principal) as principals,
                (select floor from lane where lane = 0) as facts,
                (select floor from lane where lane = 1) as updates,
                pg_database_size(current_database()) as bytes",
        )
        .fetch_one(&mut *reader)
        .await
        .map_err(store_error)?;
        row::totals(&row)
    }
}
