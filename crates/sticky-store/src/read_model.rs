use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId};
use sticky_domain::port::{
    DocumentPage, DocumentRow, LinkRow, ListRequest, PrincipalKind, PrincipalRow, ReadModel,
    StoreError,
};

use crate::Store;
use crate::control::Job;
use crate::failure::store_error;
use crate::folding::folded;
use crate::row::{Columns as _, sql, unreadable};

mod listing;

#[async_trait]
impl ReadModel for Store {
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
        row.as_ref().map(document_row).transpose()
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
        rows.iter().map(link_row).collect()
    }

    async fn link(&self, link: LinkId) -> Result<Option<LinkRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = sqlx::query("select * from link where id = ?")
            .bind(link.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?;
        row.as_ref().map(link_row).transpose()
    }

    async fn principal(&self, principal: PrincipalId) -> Result<Option<PrincipalRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = sqlx::query("select * from principal where id = ?")
            .bind(principal.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?;
        row.as_ref().map(principal_row).transpose()
    }
}

fn document_row(row: &SqliteRow) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        id: DocumentId(row.uuid("id")?),
        project: ProjectId(row.uuid("project")?),
        title: row.text_or_none("title")?,
        derived_title: row.text("derived_title")?,
        derived_seq: row.number("derived_seq")?,
        head: row.number("head")?,
        version: row.number("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        deleted_at: row.time_or_none("deleted_at")?,
    })
}

fn link_row(row: &SqliteRow) -> Result<LinkRow, StoreError> {
    Ok(LinkRow {
        id: LinkId(row.uuid("id")?),
        document: DocumentId(row.uuid("document")?),
        project: ProjectId(row.uuid("project")?),
        level: row.level("level")?,
        label: row.text_or_none("label")?,
        created_at: row.time("created_at")?,
        revoked_at: row.time_or_none("revoked_at")?,
    })
}

fn principal_row(row: &SqliteRow) -> Result<PrincipalRow, StoreError> {
    let kind = PrincipalKind::parse(&row.text("kind")?);
    Ok(PrincipalRow {
        id: PrincipalId(row.uuid("id")?),
        project: ProjectId(row.uuid("project")?),
        kind: kind.ok_or_else(|| unreadable("a principal"))?,
        name: row.text("name")?,
        root: RootId(row.uuid("root")?),
        version: row.number("version")?,
    })
}

struct SaveTitle {
    document: DocumentId,
    seq: u64,
    title: String,
}

#[async_trait]
impl Job for SaveTitle {
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
