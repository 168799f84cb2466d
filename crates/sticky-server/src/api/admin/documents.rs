use axum::extract::State;
use uuid::Uuid;

use crate::api::answer::Refusals;
use crate::api::lists::{Asked, DocumentsAnswer, ListQuery};
use crate::api::paging::Listed;
use crate::api::{ApiError, Query};
use crate::app::App;
use crate::auth::Admin;
use crate::people::PROJECT;
use serde::Deserialize;
use sticky_domain::id::ProjectId;
use utoipa::IntoParams;

/// Whose notes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OfProject {
    /// The project; this server's own if not given.
    project: Option<Uuid>,
}

/// All notes of a project, whoever they are shared with.
#[utoipa::path(get, path = "/api/v1/admin/documents", tag = "admin", params(OfProject, ListQuery),
    responses((status = 200, body = DocumentsAnswer, headers(("Link" = String, description = "The next page, if there is one"))), Refusals))]
pub(in crate::api) async fn list(
    State(app): State<App>,
    _: Admin,
    Query(OfProject { project }): Query<OfProject>,
    Query(query): Query<ListQuery>,
) -> Result<Listed<DocumentsAnswer>, ApiError> {
    let project = project.map_or(PROJECT, ProjectId);
    let request = query.request()?;
    let asked = Asked::of(&request);
    Ok(asked.answered(app.listings.list_all(project, request).await?))
}
