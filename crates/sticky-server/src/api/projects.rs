//! Projects: what notes belong to.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use sticky_domain::access::Company;
use sticky_domain::id::ProjectId;
use sticky_domain::port::ProjectRow;
use sticky_domain::usecase::Seen;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path};
use super::groups::Name;
use super::sharing::RoleWord;
use crate::app::App;
use crate::auth::Known;
use crate::trace::Correlation;

/// A project.
#[derive(Serialize, ToSchema)]
pub(super) struct ProjectAnswer {
    id: Uuid,
    #[schema(example = "Kitchen")]
    name: String,
    /// `personal` or `team`.
    #[schema(example = "team")]
    kind: &'static str,
    /// RFC 3339.
    created_at: String,
}

/// A project, and what the caller is in it.
#[derive(Serialize, ToSchema)]
pub(super) struct SeenProject {
    #[serde(flatten)]
    project: ProjectAnswer,
    role: RoleWord,
}

/// The caller's projects, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct ProjectsAnswer {
    items: Vec<ProjectAnswer>,
}

/// Make a team's project. The caller owns it.
#[utoipa::path(post, path = "/api/v1/projects", tag = "projects", request_body = Name,
    responses((status = 201, body = ProjectAnswer, headers(("Location" = String))), Refusals))]
pub(super) async fn create(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Body(Name { name }): Body<Name>,
) -> Result<impl IntoResponse, ApiError> {
    let row = app.companies.create_project(&caller, &name, correlation).await?;
    let location = format!("/api/v1/projects/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(ProjectAnswer::from(row))))
}

/// The projects that the caller is in.
#[utoipa::path(get, path = "/api/v1/projects", tag = "projects",
    responses((status = 200, body = ProjectsAnswer), Refusals))]
pub(super) async fn list(
    State(app): State<App>,
    Known(caller): Known,
) -> Result<Json<ProjectsAnswer>, ApiError> {
    let rows = app.companies.projects(&caller).await?;
    Ok(Json(ProjectsAnswer { items: rows.into_iter().map(ProjectAnswer::from).collect() }))
}

/// One project.
#[utoipa::path(get, path = "/api/v1/projects/{id}", tag = "projects", params(("id" = Uuid, Path)),
    responses((status = 200, body = SeenProject), Refusals))]
pub(super) async fn get(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Json<SeenProject>, ApiError> {
    Ok(Json(app.companies.project(&caller, ProjectId(id)).await?.into()))
}

/// Rename a project.
#[utoipa::path(patch, path = "/api/v1/projects/{id}", tag = "projects", params(("id" = Uuid, Path)),
    request_body = Name, responses((status = 200, body = SeenProject), Refusals))]
pub(super) async fn rename(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    Body(Name { name }): Body<Name>,
) -> Result<Json<SeenProject>, ApiError> {
    let project = ProjectId(id);
    app.companies.rename(&caller, Company::Project(project), &name, correlation).await?;
    Ok(Json(app.companies.project(&caller, project).await?.into()))
}

impl From<ProjectRow> for ProjectAnswer {
    fn from(row: ProjectRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            kind: row.kind.as_str(),
            created_at: row.created_at.to_rfc3339(),
        }
    }
}

impl From<Seen<ProjectRow>> for SeenProject {
    fn from(Seen { row, role }: Seen<ProjectRow>) -> Self {
        Self { project: row.into(), role: role.into() }
    }
}
