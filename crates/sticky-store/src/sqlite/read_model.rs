use async_trait::async_trait;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId};
use sticky_domain::port::{DocumentRow, LinkRow, PrincipalRow, ReadModel, StoreError};
use sticky_domain::projection::LinkUse;
use sticky_domain::time::Timestamp;

use super::Sqlite;
use crate::failure::store_error;
use crate::projecting::{link_use, link_uses};
use crate::purge::trashed_before;
use crate::query::query;
use crate::row;

#[async_trait]
impl ReadModel for Sqlite {
    async fn document(
        &self,
        project: ProjectId,
        document: DocumentId,
    ) -> Result<Option<DocumentRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = query(
            "select d.id, d.project, d.title, d.version, d.created_at, d.deleted_at, s.head,
                 max(d.changed_at, s.updated_at) as updated_at,
                 coalesce(n.derived_title, '') as derived_title,
                 coalesce(n.text_seq, 0) as derived_seq
             from document d
             join stream s on s.kind = 2 and s.id = d.id
             left join note n on n.document = d.id
                 and n.generation = (select live from projection where name = 'notes')
             where d.id = ? and d.project = ?",
        )
        .bind(document.0)
        .bind(project.0)
        .fetch_optional(&mut *reader)
        .await
        .map_err(store_error)?;
        row.as_ref().map(row::document).transpose()
    }

    async fn trashed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError> {
        trashed_before(self, before, limit).await
    }

    async fn links(&self, document: DocumentId) -> Result<Vec<LinkRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = query("select * from link where document = ? order by seq desc")
            .bind(document.0)
            .fetch_all(&mut *reader)
            .await
            .map_err(store_error)?;
        rows.iter().map(row::link).collect()
    }

    async fn link_uses(&self, document: DocumentId) -> Result<Vec<(LinkId, LinkUse)>, StoreError> {
        link_uses(&mut *self.readers.get().await?, document).await
    }

    async fn link_use(
        &self,
        link: LinkId,
        principal: PrincipalId,
    ) -> Result<Option<LinkUse>, StoreError> {
        link_use(&mut *self.readers.get().await?, link, principal).await
    }

    async fn link(&self, link: LinkId) -> Result<Option<LinkRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = query("select * from link where id = ?")
            .bind(link.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?;
        row.as_ref().map(row::link).transpose()
    }

    async fn principal(&self, principal: PrincipalId) -> Result<Option<PrincipalRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = query("select * from principal where id = ?")
            .bind(principal.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?;
        row.as_ref().map(row::principal).transpose()
    }
}
