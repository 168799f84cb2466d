//! Who is in what: written once for all engines.

use async_trait::async_trait;
use sticky_domain::access::{Company, Role};
use sticky_domain::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId};
use sticky_domain::port::{
    Directory, GrantRow, GroupRow, LinkGuestRow, MemberRow, OwnerlessRow, ProjectRow, RequestRow,
    StoreError,
};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::connection::{Connection, all, one};
use crate::connections::Connections;
use crate::row::Columns as _;
use crate::statement::{Statement, places};
use crate::{row, standing};

/// Whom a document is given to. Binds the document.
const GRANTS: &str = "
    select g.recipient, g.kind as recipient_kind, g.level, g.granted_by, g.granted_at,
        coalesce(p.name, u.name) as name, p.kind as principal_kind, p.root, b.name as granter,
        a.deleted_at as left_at
    from document_grant g
        left join principal b on b.id = g.granted_by
        left join principal p on g.kind = 'principal' and p.id = g.recipient
        left join account a on a.id = p.id
        left join user_group u on g.kind = 'group' and u.id = g.recipient
    where g.document = $1 and u.deleted_at is null
    order by case g.level when 'owner' then 1 when 'editor' then 2 else 3 end,
        g.granted_at, g.recipient";

/// Who is in a group or a project. Binds it.
const MEMBERS: &str = "
    select m.member as recipient, m.member_kind as recipient_kind, m.role, m.added_at,
        coalesce(p.name, u.name) as name, p.kind as principal_kind, p.root, a.deleted_at as left_at
    from membership m
        left join principal p on m.member_kind = 'principal' and p.id = m.member
        left join account a on a.id = p.id
        left join user_group u on m.member_kind = 'group' and u.id = m.member
    where m.scope = $1
    order by case m.role when 'owner' then 1 when 'admin' then 2 when 'member' then 3
        when 'viewer' then 4 else 5 end, m.added_at, m.member";

/// Who waits for an answer, and is still there. Binds the document.
const REQUESTS: &str = "
    select r.principal, r.message, r.asked_at, p.name, p.kind as principal_kind, p.root
    from access_request r
        left join principal p on p.id = r.principal
        left join account a on a.id = r.principal
    where r.document = $1 and r.answered_at is null and a.deleted_at is null
    order by r.asked_at, r.principal";

/// Notes that nobody owns any more who is still here, each with the first of those who did. Binds the project or NULL, the
/// note before the first, and how many.
const OWNERLESS: &str = "
    select d.id, d.project, d.title, d.version, d.created_at, d.deleted_at, s.head,
        coalesce(n.derived_title, '') as derived_title, coalesce(n.text_seq, 0) as derived_seq,
        case when d.changed_at > s.updated_at then d.changed_at else s.updated_at end as updated_at,
        p.id as owner, p.name
    from account a cross join document_grant g cross join document d cross join stream s
        cross join principal p
        left join note n on n.document = d.id
            and n.generation = (select live from projection where name = 'notes')
    where a.deleted_at is not null and g.recipient = a.id and g.level = 'owner'
        and d.id = g.document and s.kind = 2 and s.id = d.id and p.id = a.id
        and ($1 is null or d.project = $1) and d.id > $2
        and not exists (
            select 1 from document_grant o left join account b on b.id = o.recipient
            where o.document = g.document and o.kind = 'principal' and o.level = 'owner'
                and (b.deleted_at is null or o.recipient < g.recipient))
    order by d.id limit $3";

/// Whom a link has let in; what guests did who turned out to be users is told of the users. Binds the link, the one before
/// the first, and how many.
const LINK_GUESTS: &str = "
    select h.principal, h.redeemed_at, h.removed_at, p.name, p.kind as principal_kind, p.root,
        a.deleted_at as left_at,
        cast(coalesce(sum(u.openings), 0) as bigint) as openings, max(u.opened_at) as opened_at,
        cast(coalesce(sum(u.edits), 0) as bigint) as edits, max(u.edited_at) as edited_at
    from link_holder h
        join principal p on p.id = h.principal
        left join account a on a.id = h.principal
        left join principal q on q.id = h.principal or q.promoted_to = h.principal
        left join link_use u on u.link = h.link and u.principal = q.id
            and u.generation = (select live from projection where name = 'links')
    where h.link = $1 and h.principal > $2
    group by h.principal, h.redeemed_at, h.removed_at, p.name, p.kind, p.root, a.deleted_at
    order by h.principal limit $3";

const PROJECT: &str = "select * from project where id = $1";

const GROUP: &str = "select * from user_group where id = $1 and deleted_at is null";

/// The projects that the principals are in.
const PROJECTS_OF: &str = "
    select p.* from project p where p.id in (
        select m.scope from reach r join membership m on m.member = r.member and m.kind = 5)
    order by p.name, p.id";

/// What the principals are in, and as what; not their own projects.
const MEMBERSHIPS_OF: &str =
    "select distinct m.scope, m.kind, m.role from reach r join membership m on m.member = r.member
     where not exists (select 1 from project p where p.id = m.scope and p.kind = 'personal')";

/// The groups that the principals are in, and those of the projects that they manage.
const GROUPS_OF: &str = "
    select u.* from user_group u where u.deleted_at is null and (
        u.id in (select member from reach)
        or u.project in (
            select m.scope from reach r join membership m on m.member = r.member and m.kind = 5
            where m.role in ('admin', 'owner')))
    order by u.name, u.id";

/// Who is in what, on an engine.
pub(crate) struct Gathering<'a, E>(pub(crate) &'a E);

#[async_trait]
impl<E: Connections> Directory for Gathering<'_, E> {
    async fn recipients(&self, document: DocumentId) -> Result<Vec<GrantRow>, StoreError> {
        let question = Statement::new(GRANTS).id(document.0);
        all(&mut *self.0.reader().await?, question, row::grant).await
    }

    async fn requests(&self, document: DocumentId) -> Result<Vec<RequestRow>, StoreError> {
        let question = Statement::new(REQUESTS).id(document.0);
        all(&mut *self.0.reader().await?, question, row::request).await
    }

    async fn project(&self, project: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
        let question = Statement::new(PROJECT).id(project.0);
        one(&mut *self.0.reader().await?, question, row::project).await
    }

    async fn projects_of(&self, principals: &[PrincipalId]) -> Result<Vec<ProjectRow>, StoreError> {
        let question = reached::<E::Connection>(principals, PROJECTS_OF);
        all(&mut *self.0.reader().await?, question, row::project).await
    }

    async fn group(&self, group: GroupId) -> Result<Option<GroupRow>, StoreError> {
        let question = Statement::new(GROUP).id(group.0);
        one(&mut *self.0.reader().await?, question, row::group).await
    }

    async fn groups_of(&self, principals: &[PrincipalId]) -> Result<Vec<GroupRow>, StoreError> {
        let question = reached::<E::Connection>(principals, GROUPS_OF);
        all(&mut *self.0.reader().await?, question, row::group).await
    }

    async fn memberships(
        &self,
        principals: &[PrincipalId],
    ) -> Result<Vec<(Company, Role)>, StoreError> {
        let question = reached::<E::Connection>(principals, MEMBERSHIPS_OF);
        all(&mut *self.0.reader().await?, question, row::membership).await
    }

    async fn members(&self, company: Company) -> Result<Vec<MemberRow>, StoreError> {
        let question = Statement::new(MEMBERS).id(standing::parts(company).0);
        all(&mut *self.0.reader().await?, question, row::member).await
    }

    async fn held_links(
        &self,
        principals: &[PrincipalId],
        now: Timestamp,
    ) -> Result<Vec<LinkId>, StoreError> {
        let question = held_links(principals, now);
        all(&mut *self.0.reader().await?, question, |row| Ok(LinkId(row.uuid("link")?))).await
    }

    async fn link_guests(
        &self,
        link: LinkId,
        after: Option<PrincipalId>,
        limit: u32,
    ) -> Result<Vec<LinkGuestRow>, StoreError> {
        let question = Statement::new(LINK_GUESTS)
            .id(link.0)
            .id(after.map_or(Uuid::nil(), |principal| principal.0))
            .number(i64::from(limit));
        all(&mut *self.0.reader().await?, question, row::link_guest).await
    }

    async fn ownerless(
        &self,
        project: Option<ProjectId>,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<OwnerlessRow>, StoreError> {
        let question = Statement::new(OWNERLESS)
            .id(project.map(|project| project.0))
            .id(after.map_or(Uuid::nil(), |document| document.0))
            .number(i64::from(limit));
        all(&mut *self.0.reader().await?, question, row::ownerless).await
    }
}

fn held_links(principals: &[PrincipalId], now: Timestamp) -> Statement {
    let text = format!(
        "select distinct h.link from link_holder h join link k on k.id = h.link
         where h.removed_at is null and k.revoked_at is null and k.audience = 'anyone'
             and (k.expires_at is null or k.expires_at > $1) and h.principal in ({})",
        places(2, principals.len())
    );
    Statement::made(text).number(now.0).ids(principals.iter().map(|principal| principal.0))
}

/// A question about `reach`: what the principals are in, by way of any number of groups, themselves included.
fn reached<C: Connection>(principals: &[PrincipalId], question: &str) -> Statement {
    let text = format!(
        "with recursive reach (member) as (
             {}
             union select m.scope from reach r join membership m on m.member = r.member and m.kind = 4)
         {question}",
        C::EACH_ID
    );
    let ids: Vec<String> = principals.iter().map(|id| id.0.simple().to_string()).collect();
    let ids = serde_json::to_string(&ids).expect("a list of strings is JSON");
    Statement::made(text).text(Some(&ids))
}
