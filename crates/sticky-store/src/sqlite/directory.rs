use async_trait::async_trait;
use sticky_domain::access::{Company, Role};
use sticky_domain::id::{DocumentId, GroupId, PrincipalId, ProjectId};
use sticky_domain::port::{
    Directory, GrantRow, GroupRow, MemberRow, ProjectRow, RequestRow, StoreError,
};

use super::Sqlite;
use crate::directory::{
    GRANTS, GROUP, MEMBERS, PROJECT, REQUESTS, groups_of, memberships_of, projects_of,
};
use crate::failure::store_error;
use crate::{row, standing};

const PROJECTS_OF: &str = projects_of!("select unhex(value) from json_each($1)");
const GROUPS_OF: &str = groups_of!("select unhex(value) from json_each($1)");
const MEMBERSHIPS_OF: &str = memberships_of!("select unhex(value) from json_each($1)");

#[async_trait]
impl Directory for Sqlite {
    async fn recipients(&self, document: DocumentId) -> Result<Vec<GrantRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = sqlx::query(GRANTS).bind(document.0).fetch_all(&mut *reader).await;
        rows.map_err(store_error)?.iter().map(row::grant).collect()
    }

    async fn requests(&self, document: DocumentId) -> Result<Vec<RequestRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = sqlx::query(REQUESTS).bind(document.0).fetch_all(&mut *reader).await;
        rows.map_err(store_error)?.iter().map(row::request).collect()
    }

    async fn project(&self, project: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = sqlx::query(PROJECT).bind(project.0).fetch_optional(&mut *reader).await;
        row.map_err(store_error)?.as_ref().map(row::project).transpose()
    }

    async fn projects_of(&self, principals: &[PrincipalId]) -> Result<Vec<ProjectRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = sqlx::query(PROJECTS_OF).bind(ids(principals)).fetch_all(&mut *reader).await;
        rows.map_err(store_error)?.iter().map(row::project).collect()
    }

    async fn group(&self, group: GroupId) -> Result<Option<GroupRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = sqlx::query(GROUP).bind(group.0).fetch_optional(&mut *reader).await;
        row.map_err(store_error)?.as_ref().map(row::group).transpose()
    }

    async fn groups_of(&self, principals: &[PrincipalId]) -> Result<Vec<GroupRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = sqlx::query(GROUPS_OF).bind(ids(principals)).fetch_all(&mut *reader).await;
        rows.map_err(store_error)?.iter().map(row::group).collect()
    }

    async fn memberships(
        &self,
        principals: &[PrincipalId],
    ) -> Result<Vec<(Company, Role)>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = sqlx::query(MEMBERSHIPS_OF).bind(ids(principals)).fetch_all(&mut *reader).await;
        rows.map_err(store_error)?.iter().map(row::membership).collect()
    }

    async fn members(&self, company: Company) -> Result<Vec<MemberRow>, StoreError> {
        let mut reader = self.readers.get().await?;
        let (id, _) = standing::parts(company);
        let rows = sqlx::query(MEMBERS).bind(id).fetch_all(&mut *reader).await;
        rows.map_err(store_error)?.iter().map(row::member).collect()
    }
}

fn ids(principals: &[PrincipalId]) -> String {
    let ids: Vec<String> = principals.iter().map(|id| id.0.simple().to_string()).collect();
    serde_json::to_string(&ids).expect("a list of strings is JSON")
}
