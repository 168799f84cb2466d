use sticky_domain::access::{Company, Recipient, Role};
use sticky_domain::id::{GroupId, PrincipalId, ProjectId, RootId};
use sticky_domain::port::{
    GrantRow, GroupRow, LinkGuestRow, MemberRow, OwnerlessRow, PrincipalKind, ProjectRow,
    RequestRow, StoreError,
};
use sticky_domain::project::ProjectKind;
use sticky_domain::stream::StreamKind;

use super::{Columns, link_use, unreadable};

/// A row of `document_grant`, joined with whom it is for.
pub(crate) fn grant(row: &impl Columns) -> Result<GrantRow, StoreError> {
    Ok(GrantRow {
        recipient: recipient(row)?,
        name: row.text_or_none("name")?,
        kind: kind(row)?,
        root: row.uuid_or_none("root")?.map(RootId),
        deleted: row.time_or_none("left_at")?.is_some(),
        level: row.level("level")?,
        granted_by: row.uuid_or_none("granted_by")?.map(PrincipalId),
        granter: row.text_or_none("granter")?,
        granted_at: row.time("granted_at")?,
    })
}

/// A row of `membership`, joined with who it is.
pub(crate) fn member(row: &impl Columns) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        member: recipient(row)?,
        name: row.text_or_none("name")?,
        kind: kind(row)?,
        root: row.uuid_or_none("root")?.map(RootId),
        deleted: row.time_or_none("left_at")?.is_some(),
        role: role(row)?,
        added_at: row.time("added_at")?,
    })
}

/// A row of `membership`: in what, and as what.
pub(crate) fn membership(row: &impl Columns) -> Result<(Company, Role), StoreError> {
    let scope = row.uuid("scope")?;
    let company = match StreamKind::from_code(row.code("kind")?) {
        Some(StreamKind::Group) => Company::Group(GroupId(scope)),
        Some(StreamKind::Project) => Company::Project(ProjectId(scope)),
        _ => return Err(unreadable("a membership")),
    };
    Ok((company, role(row)?))
}

/// A row of `access_request`, joined with who it is.
pub(crate) fn request(row: &impl Columns) -> Result<RequestRow, StoreError> {
    Ok(RequestRow {
        principal: PrincipalId(row.uuid("principal")?),
        name: row.text_or_none("name")?,
        kind: kind(row)?,
        root: row.uuid_or_none("root")?.map(RootId),
        message: row.text_or_none("message")?,
        asked_at: row.time("asked_at")?,
    })
}

fn role(row: &impl Columns) -> Result<Role, StoreError> {
    Role::parse(&row.text("role")?).ok_or_else(|| unreadable("a role"))
}

fn recipient(row: &impl Columns) -> Result<Recipient, StoreError> {
    Recipient::from_parts(&row.text("recipient_kind")?, row.uuid("recipient")?)
        .ok_or_else(|| unreadable("a recipient"))
}

fn kind(row: &impl Columns) -> Result<Option<PrincipalKind>, StoreError> {
    let Some(text) = row.text_or_none("principal_kind")? else { return Ok(None) };
    PrincipalKind::parse(&text).map(Some).ok_or_else(|| unreadable("a principal"))
}

/// A row of `link_holder`, joined with who it is and what they did.
pub(crate) fn link_guest(row: &impl Columns) -> Result<LinkGuestRow, StoreError> {
    Ok(LinkGuestRow {
        principal: PrincipalId(row.uuid("principal")?),
        name: row.text("name")?,
        kind: kind(row)?.ok_or_else(|| unreadable("a principal"))?,
        root: RootId(row.uuid("root")?),
        deleted: row.time_or_none("left_at")?.is_some(),
        redeemed_at: row.time("redeemed_at")?,
        removed_at: row.time_or_none("removed_at")?,
        used: link_use(row)?,
    })
}

/// A row of `document` with one of those who owned it.
pub(crate) fn ownerless(row: &impl Columns) -> Result<OwnerlessRow, StoreError> {
    Ok(OwnerlessRow {
        document: super::document(row)?,
        owner: PrincipalId(row.uuid("owner")?),
        name: row.text("name")?,
    })
}

/// A row of `project`.
pub(crate) fn project(row: &impl Columns) -> Result<ProjectRow, StoreError> {
    Ok(ProjectRow {
        id: ProjectId(row.uuid("id")?),
        name: row.text("name")?,
        kind: ProjectKind::parse(&row.text("kind")?).ok_or_else(|| unreadable("a project"))?,
        created_at: row.time("created_at")?,
    })
}

/// A row of `user_group`.
pub(crate) fn group(row: &impl Columns) -> Result<GroupRow, StoreError> {
    Ok(GroupRow {
        id: GroupId(row.uuid("id")?),
        project: ProjectId(row.uuid("project")?),
        name: row.text("name")?,
        created_at: row.time("created_at")?,
    })
}
