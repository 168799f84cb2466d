//! Groups: many people who are given things at once.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use sticky_domain::access::Company;
use sticky_domain::id::GroupId;
use sticky_domain::port::GroupRow;
use sticky_domain::usecase::Seen;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path};
use super::sharing::RoleWord;
use crate::app::App;
use crate::auth::Known;
use crate::trace::Correlation;

/// What a project or a group is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Name {
    /// 1 to 40 characters, none of them a control character or one that turns the direction of text.
    #[schema(example = "Cooks")]
    pub(super) name: String,
}

/// A group.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupAnswer {
    id: Uuid,
    project_id: Uuid,
    #[schema(example = "Cooks")]
    name: String,
    /// RFC 3339.
    created_at: String,
}

/// A group, and what the caller is in it.
#[derive(Serialize, ToSchema)]
pub(super) struct SeenGroup {
    #[serde(flatten)]
    group: GroupAnswer,
    /// `viewer` for whoever is only in the group's project.
    role: RoleWord,
}

/// The caller's groups, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupsAnswer {
    items: Vec<GroupAnswer>,
}

/// Make a group in the chosen project, or in the caller's own.
#[utoipa::path(post, path = "/api/v1/groups", tag = "groups", request_body = Name,
    responses((status = 201, body = GroupAnswer, headers(("Location" = String))), Refusals))]
pub(super) async fn create(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Body(Name { name }): Body<Name>,
) -> Result<impl IntoResponse, ApiError> {
    let row = app.companies.create_group(&caller, &name, correlation).await?;
    let location = format!("/api/v1/groups/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(GroupAnswer::from(row))))
}

/// The groups that the caller is in, and those of the projects that they manage.
#[utoipa::path(get, path = "/api/v1/groups", tag = "groups",
    responses((status = 200, body = GroupsAnswer), Refusals))]
pub(super) async fn list(
    State(app): State<App>,
    Known(caller): Known,
) -> Result<Json<GroupsAnswer>, ApiError> {
    let rows = app.companies.groups(&caller).await?;
    Ok(Json(GroupsAnswer { items: rows.into_iter().map(GroupAnswer::from).collect() }))
}

/// One group.
#[utoipa::path(get, path = "/api/v1/groups/{id}", tag = "groups", params(("id" = Uuid, Path)),
    responses((status = 200, body = SeenGroup), Refusals))]
pub(super) async fn get(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Json<SeenGroup>, ApiError> {
    Ok(Json(app.companies.group(&caller, GroupId(id)).await?.into()))
}

/// Rename a group.
#[utoipa::path(patch, path = "/api/v1/groups/{id}", tag = "groups", params(("id" = Uuid, Path)),
    request_body = Name, responses((status = 200, body = SeenGroup), Refusals))]
pub(super) async fn rename(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    Body(Name { name }): Body<Name>,
) -> Result<Json<SeenGroup>, ApiError> {
    let group = GroupId(id);
    app.companies.rename(&caller, Company::Group(group), &name, correlation).await?;
    Ok(Json(app.companies.group(&caller, group).await?.into()))
}

/// Delete a group for good. What it was given, its members have no longer.
#[utoipa::path(delete, path = "/api/v1/groups/{id}", tag = "groups", params(("id" = Uuid, Path)),
    responses((status = 204), Refusals))]
pub(super) async fn delete(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.companies.delete_group(&caller, GroupId(id), correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<GroupRow> for GroupAnswer {
    fn from(row: GroupRow) -> Self {
        Self {
            id: row.id.0,
            project_id: row.project.0,
            name: row.name,
            created_at: row.created_at.to_rfc3339(),
        }
    }
}

impl From<Seen<GroupRow>> for SeenGroup {
    fn from(Seen { row, role }: Seen<GroupRow>) -> Self {
        Self { group: row.into(), role: role.into() }
    }
}
