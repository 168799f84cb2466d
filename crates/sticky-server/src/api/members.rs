//! Who is in a project or a group: the same for both.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sticky_domain::access::{Caller, Company};
use sticky_domain::id::{GroupId, ProjectId};
use sticky_domain::port::MemberRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path};
use super::sharing::{RecipientAnswer, RoleWord, named};
use crate::app::App;
use crate::auth::Known;
use crate::trace::Correlation;

/// Whom to take in, named in one way, and as what. A person who is in it gets this role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMember {
    principal_id: Option<Uuid>,
    #[schema(example = "ana")]
    username: Option<String>,
    group_id: Option<Uuid>,
    role: RoleWord,
}

/// Someone in a project or a group.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberAnswer {
    recipient: RecipientAnswer,
    role: RoleWord,
    /// RFC 3339.
    added_at: String,
    /// Whether it is the caller.
    you: bool,
}

/// Everyone in a project or a group, the highest role first.
#[derive(Serialize, ToSchema)]
pub(super) struct MembersAnswer {
    items: Vec<MemberAnswer>,
}

/// Everyone in a project.
#[utoipa::path(get, path = "/api/v1/projects/{id}/members", tag = "projects",
    params(("id" = Uuid, Path)), responses((status = 200, body = MembersAnswer), Refusals))]
pub(super) async fn of_project(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Json<MembersAnswer>, ApiError> {
    list(&app, &caller, Company::Project(ProjectId(id))).await
}

/// Everyone in a group.
#[utoipa::path(get, path = "/api/v1/groups/{id}/members", tag = "groups",
    params(("id" = Uuid, Path)), responses((status = 200, body = MembersAnswer), Refusals))]
pub(super) async fn of_group(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Json<MembersAnswer>, ApiError> {
    list(&app, &caller, Company::Group(GroupId(id))).await
}

/// Take a person or a group into a project, or change their role.
#[utoipa::path(put, path = "/api/v1/projects/{id}/members", tag = "projects",
    params(("id" = Uuid, Path)), request_body = NewMember,
    responses((status = 200, body = MemberAnswer), Refusals))]
pub(super) async fn put_into_project(
    State(app): State<App>,
    Known(caller): Known,
    correlation: Correlation,
    Path(id): Path<Uuid>,
    Body(member): Body<NewMember>,
) -> Result<Json<MemberAnswer>, ApiError> {
    put(&app, &caller, Company::Project(ProjectId(id)), member, correlation).await
}

/// Take a person or another group into a group, or change their role.
#[utoipa::path(put, path = "/api/v1/groups/{id}/members", tag = "groups",
    params(("id" = Uuid, Path)), request_body = NewMember,
    responses((status = 200, body = MemberAnswer), Refusals))]
pub(super) async fn put_into_group(
    State(app): State<App>,
    Known(caller): Known,
    correlation: Correlation,
    Path(id): Path<Uuid>,
    Body(member): Body<NewMember>,
) -> Result<Json<MemberAnswer>, ApiError> {
    put(&app, &caller, Company::Group(GroupId(id)), member, correlation).await
}

/// Take someone out of a project, or leave it. What they had by it ends at once. A second time changes nothing.
#[utoipa::path(delete, path = "/api/v1/projects/{id}/members/{member_id}", tag = "projects",
    params(("id" = Uuid, Path), ("member_id" = Uuid, Path)), responses((status = 204), Refusals))]
pub(super) async fn remove_from_project(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path((id, member)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let company = Company::Project(ProjectId(id));
    app.companies.remove_member(&caller, company, member, correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take someone out of a group, or leave it. What they had by it ends at once. A second time changes nothing.
#[utoipa::path(delete, path = "/api/v1/groups/{id}/members/{member_id}", tag = "groups",
    params(("id" = Uuid, Path), ("member_id" = Uuid, Path)), responses((status = 204), Refusals))]
pub(super) async fn remove_from_group(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path((id, member)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let company = Company::Group(GroupId(id));
    app.companies.remove_member(&caller, company, member, correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(
    app: &App,
    caller: &Caller,
    company: Company,
) -> Result<Json<MembersAnswer>, ApiError> {
    let rows = app.companies.members(caller, company).await?;
    let items = rows.into_iter().map(|row| answer(caller, row)).collect();
    Ok(Json(MembersAnswer { items }))
}

async fn put(
    app: &App,
    caller: &Caller,
    company: Company,
    member: NewMember,
    Correlation(correlation): Correlation,
) -> Result<Json<MemberAnswer>, ApiError> {
    let NewMember { principal_id, username, group_id, role } = member;
    let member = named(principal_id, username, group_id)?;
    let row = app.companies.put_member(caller, company, &member, role.into(), correlation).await?;
    Ok(Json(answer(caller, row)))
}

fn answer(caller: &Caller, row: MemberRow) -> MemberAnswer {
    let (_, id) = row.member.parts();
    MemberAnswer {
        recipient: RecipientAnswer::new(row.member, row.kind, row.name, row.root)
            .who_has_left(row.deleted),
        role: row.role.into(),
        added_at: row.added_at.to_rfc3339(),
        you: caller.principals().any(|own| own.0 == id),
    }
}
