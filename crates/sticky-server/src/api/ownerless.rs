//! Notes whose owners have all left, and giving them new ones.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sticky_domain::id::{DocumentId, ProjectId};
use sticky_domain::port::OwnerlessRow;
use sticky_domain::usecase::OwnerlessPage;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiError;
use super::answer::{Refusals, Somebody};
use super::documents::DocumentAnswer;
use super::extract::{Body, Path, Query};
use super::paging::{ById, Listed, cut};
use super::sharing::named;
use crate::app::App;
use crate::auth::{Admin, Known};
use crate::trace::Correlation;

/// Of which project.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfProject {
    /// All projects if not given.
    project: Option<Uuid>,
}

/// A note whose owners have all left.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnerlessAnswer {
    #[serde(flatten)]
    document: DocumentAnswer,
    project_id: Uuid,
    /// Who owned it, as they were called; one of them, if there were several.
    owner: Somebody,
}

/// Notes whose owners have all left.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnerlessPageAnswer {
    items: Vec<OwnerlessAnswer>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
}

/// Who becomes the owner, named in one way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOwner {
    principal_id: Option<Uuid>,
    #[schema(example = "ana")]
    username: Option<String>,
}

/// Notes whose owners have all left, of all projects. Whoever they are shared with still has them.
#[utoipa::path(get, path = "/api/v1/admin/ownerless", tag = "admin", params(OfProject, ById),
    responses((status = 200, body = OwnerlessPageAnswer, headers(("Link" = String, description = "The next page, if there is one"))), Refusals))]
pub(super) async fn ownerless(
    State(app): State<App>,
    _: Admin,
    Query(OfProject { project }): Query<OfProject>,
    Query(by_id): Query<ById>,
) -> Result<Listed<OwnerlessPageAnswer>, ApiError> {
    let page = page(&by_id)?;
    let rows = app.ownerless.list(project.map(ProjectId), page).await?;
    Ok(answered(rows, page))
}

/// Notes of a project whose owners have all left. Whoever manages the project can hand them over.
#[utoipa::path(get, path = "/api/v1/projects/{id}/ownerless", tag = "projects", params(("id" = Uuid, Path), ById),
    responses((status = 200, body = OwnerlessPageAnswer, headers(("Link" = String, description = "The next page, if there is one"))), Refusals))]
pub(super) async fn ownerless_of_project(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    Query(by_id): Query<ById>,
) -> Result<Listed<OwnerlessPageAnswer>, ApiError> {
    let page = page(&by_id)?;
    let rows = app.ownerless.of_project(&caller, ProjectId(id), page).await?;
    Ok(answered(rows, page))
}

/// Make somebody the owner of a note whose owners have all left. Another note is its owners' to give away: 409 `has_owner`.
#[utoipa::path(post, path = "/api/v1/admin/ownerless/{id}/owner", tag = "admin", params(("id" = Uuid, Path)),
    request_body = NewOwner, responses((status = 204), Refusals))]
pub(super) async fn appoint_owner(
    State(app): State<App>,
    Admin(operator): Admin,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    Body(NewOwner { principal_id, username }): Body<NewOwner>,
) -> Result<StatusCode, ApiError> {
    let to = named(principal_id, username, None)?;
    app.ownerless.give(DocumentId(id), &to, &operator, correlation).await?;
    app.relay.warm(DocumentId(id));
    Ok(StatusCode::NO_CONTENT)
}

fn page(by_id: &ById) -> Result<OwnerlessPage, ApiError> {
    Ok(OwnerlessPage { after: by_id.cursor.map(DocumentId), size: by_id.limit()? })
}

fn answered(mut rows: Vec<OwnerlessRow>, page: OwnerlessPage) -> Listed<OwnerlessPageAnswer> {
    let next_cursor = cut(&mut rows, page.size, |row| row.document.id.0);
    let next = next_cursor.clone().map(|next| ("cursor", next));
    let items = rows.into_iter().map(OwnerlessAnswer::from).collect();
    Listed { page: OwnerlessPageAnswer { items, next_cursor }, next }
}

impl From<OwnerlessRow> for OwnerlessAnswer {
    fn from(row: OwnerlessRow) -> Self {
        Self {
            project_id: row.document.project.0,
            document: row.document.into(),
            owner: Somebody { id: row.owner.0, name: row.name },
        }
    }
}
