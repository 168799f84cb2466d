use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId};
use sticky_domain::port::{
    DocumentPage, DocumentRow, LinkRow, ListRequest, PrincipalRow, ReadModel, StoreError,
};
use sticky_domain::time::Timestamp;

use super::Sqlite;
use crate::control::Job;
use crate::failure::store_error;
use crate::folding::folded;
use crate::purge::trashed_before;
use crate::row::{self, sql};

mod listing;

#[async_trait]
impl ReadModel for Sqlite {
    async fn document(
        &self,
        project: ProjectId,
        document: DocumentId,
    ) -> Result<Option<DocumentRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = sqlx::query(
            "select d.*, s.head, max(d.changed_at, s.updated_at) as updated_at
             from document d join stream s on s.kind = 2 and s.id = d.id
             where d.id = ? and d.project = ?",
        )
        .bind(document.0)
        .bind(project.0)
        .fetch_optional(&mut *reader)
        .await
        .map_err(store_error)?;
        row.as_ref().map(row::document).transpose()
    }

    async fn documents(&self, request: &ListRequest) -> Result<DocumentPage, StoreError> {
        let mut reader = self.readers.get().await?;
        listing::page(&mut reader, request).await
    }

    async fn stale_titles(
        &self,
        project: ProjectId,
        limit: usize,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let mut reader = self.readers.get().await?;
        let ids = sqlx::query_scalar(
            "select d.id from document d cross join stream s on s.kind = 2 and s.id = d.id
             where d.project = ? and d.title is null and d.derived_seq < s.head limit ?",
        )
        .bind(project.0)
        .bind(sql(limit as u64))
        .fetch_all(&mut *reader)
        .await
        .map_err(store_error)?;
        Ok(ids.into_iter().map(DocumentId).collect())
    }

    async fn trashed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError> {
        trashed_before(self, before, limit).await
    }

    async fn save_derived_title(
        &self,
        document: DocumentId,
        seq: u64,
        title: &str,
    ) -> Result<(), StoreError> {
        self.control.submit(SaveTitle { document, seq, title: title.to_owned() }).await
    }

    async fn links(&self, document: DocumentId) -> Result<Vec<LinkRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = sqlx::query("select * from link where document = ? order by seq desc")
            .bind(document.0)
            .fetch_all(&mut *reader)
            .await
            .map_err(store_error)?;
        rows.iter().map(row::link).collect()
    }

    async fn link(&self, link: LinkId) -> Result<Option<LinkRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = sqlx::query("select * from link where id = ?")
            .bind(link.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?;
        row.as_ref().map(row::link).transpose()
    }

    async fn principal(&self, principal: PrincipalId) -> Result<Option<PrincipalRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = sqlx::query("select * from principal where id = ?")
            .bind(principal.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?;
        row.as_ref().map(row::principal).transpose()
    }
}

struct SaveTitle {
    document: DocumentId,
    seq: u64,
    title: String,
}

#[async_trait]
impl Job<SqliteConnection> for SaveTitle {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let shown = sticky_domain::title::effective(None, &self.title);
        sqlx::query(
            "update document set derived_title = ?, derived_folded = ?, derived_seq = ?
             where id = ? and derived_seq < ?",
        )
        .bind(self.title.clone())
        .bind(folded(shown))
        .bind(sql(self.seq))
        .bind(self.document.0)
        .bind(sql(self.seq))
        .execute(connection)
        .await
        .map(drop)
        .map_err(store_error)
    }
}
