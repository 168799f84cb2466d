use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::Serialize;
use sticky_domain::port::{Checkpoint, ProjectionStatus};
use sticky_domain::projection::Projection;
use sticky_domain::usecase::Refusal;
use utoipa::ToSchema;

use crate::api::ApiError;
use crate::api::answer::Refusals;
use crate::api::extract::{Body, Path};
use crate::api::me::Nothing;
use crate::app::App;
use crate::auth::Admin;

const HERE: &str = "/api/v1/admin/projections";

/// How a read model stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectionAnswer {
    #[schema(example = "notes")]
    name: &'static str,
    generation: u64,
    /// Whether lists and search look at it; otherwise it is being built.
    live: bool,
    control: Followed,
    content: Followed,
    /// Notes whose newest text is not in it yet.
    stale_texts: u64,
    /// What it could not take, the oldest first.
    set_aside: Vec<PassedOver>,
}

/// How far a lane of the log has been followed.
#[derive(Debug, Serialize, ToSchema)]
struct Followed {
    position: u64,
    /// Events that are not in it yet.
    lag: u64,
}

/// Something that could not be taken.
#[derive(Debug, Serialize, ToSchema)]
struct PassedOver {
    place: String,
    reason: String,
}

/// All read models, those that are being built included.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ProjectionsAnswer {
    items: Vec<ProjectionAnswer>,
}

/// How the read models stand.
#[utoipa::path(get, path = "/api/v1/admin/projections", tag = "admin",
    responses((status = 200, body = ProjectionsAnswer), Refusals))]
pub(in crate::api) async fn projections(
    State(app): State<App>,
    _: Admin,
) -> Result<Json<ProjectionsAnswer>, ApiError> {
    let all = app.projector.status().await?;
    Ok(Json(ProjectionsAnswer { items: all.into_iter().map(ProjectionAnswer::from).collect() }))
}

/// Build a read model anew from the whole log, while the one there is serves. It is begun, not done: `GET` tells how far
/// it has come.
#[utoipa::path(post, path = "/api/v1/admin/projections/{name}/rebuild", tag = "admin",
    params(("name" = String, Path, example = "notes")), request_body = Nothing,
    responses((status = 202, headers(("Location" = String))), Refusals))]
pub(in crate::api) async fn rebuild(
    State(app): State<App>,
    _: Admin,
    Path(name): Path<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1]), ApiError> {
    let projection = Projection::parse(&name).ok_or(Refusal::NotFound)?;
    tokio::spawn(build(app, projection));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, HERE)]))
}

/// One that the end of the process interrupts leaves the live one as it was.
async fn build(app: App, projection: Projection) {
    match app.projector.rebuild(projection, &|_| ()).await {
        Ok(()) => tracing::info!(%projection, "rebuilt"),
        Err(refusal) => tracing::error!(%projection, %refusal, "not rebuilt"),
    }
}

impl From<ProjectionStatus> for ProjectionAnswer {
    fn from(status: ProjectionStatus) -> Self {
        let set_aside = status.set_aside.into_iter();
        Self {
            name: status.projection.as_str(),
            generation: status.generation,
            live: status.live,
            control: status.control.into(),
            content: status.content.into(),
            stale_texts: status.stale_texts,
            set_aside: set_aside
                .map(|aside| PassedOver { place: aside.place, reason: aside.reason })
                .collect(),
        }
    }
}

impl From<Checkpoint> for Followed {
    fn from(checkpoint: Checkpoint) -> Self {
        Self { position: checkpoint.position, lag: checkpoint.lag() }
    }
}
