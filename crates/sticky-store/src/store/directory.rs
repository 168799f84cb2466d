use async_trait::async_trait;
use sticky_domain::access::{Company, Role};
use sticky_domain::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId};
use sticky_domain::port::{
    Directory, GrantRow, GroupRow, LinkGuestRow, MemberRow, OwnerlessRow, ProjectRow, RequestRow,
    StoreError,
};
use sticky_domain::time::Timestamp;

use super::Store;

#[async_trait]
impl Directory for Store {
    async fn recipients(&self, document: DocumentId) -> Result<Vec<GrantRow>, StoreError> {
        self.engine.directory().recipients(document).await
    }

    async fn requests(&self, document: DocumentId) -> Result<Vec<RequestRow>, StoreError> {
        self.engine.directory().requests(document).await
    }

    async fn project(&self, project: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
        self.engine.directory().project(project).await
    }

    async fn projects_of(&self, principals: &[PrincipalId]) -> Result<Vec<ProjectRow>, StoreError> {
        self.engine.directory().projects_of(principals).await
    }

    async fn group(&self, group: GroupId) -> Result<Option<GroupRow>, StoreError> {
        self.engine.directory().group(group).await
    }

    async fn groups_of(&self, principals: &[PrincipalId]) -> Result<Vec<GroupRow>, StoreError> {
        self.engine.directory().groups_of(principals).await
    }

    async fn memberships(
        &self,
        principals: &[PrincipalId],
    ) -> Result<Vec<(Company, Role)>, StoreError> {
        self.engine.directory().memberships(principals).await
    }

    async fn members(&self, company: Company) -> Result<Vec<MemberRow>, StoreError> {
        self.engine.directory().members(company).await
    }

    async fn held_links(
        &self,
        principals: &[PrincipalId],
        now: Timestamp,
    ) -> Result<Vec<LinkId>, StoreError> {
        self.engine.directory().held_links(principals, now).await
    }

    async fn link_guests(
        &self,
        link: LinkId,
        after: Option<PrincipalId>,
        limit: u32,
    ) -> Result<Vec<LinkGuestRow>, StoreError> {
        self.engine.directory().link_guests(link, after, limit).await
    }

    async fn ownerless(
        &self,
        project: Option<ProjectId>,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<OwnerlessRow>, StoreError> {
        self.engine.directory().ownerless(project, after, limit).await
    }
}
