//! Share links. Owners only.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::port::LinkRow;
use sticky_domain::share_link;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::{LevelAnswer, Refusals};
use super::extract::{Body, Path};
use crate::app::App;
use crate::auth::Known;
use crate::trace::Correlation;

/// What a link lets people do.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LinkLevel {
    Viewer,
    Editor,
}

/// A link to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    level: LinkLevel,
    /// For its owners, to tell it from others; at most 80 characters.
    #[schema(example = "For the team")]
    label: Option<String>,
}

/// A share link. Whoever holds the address can use it.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkAnswer {
    id: Uuid,
    #[schema(example = "https://notes.example.org/s/AQGYwN4AAHAAgAAAAAAAAAFc0pQ0c2dYb0Yy3yKXbLpL")]
    url: String,
    label: Option<String>,
    level: LevelAnswer,
    /// RFC 3339.
    created_at: String,
    /// Since when it is turned off.
    revoked_at: Option<String>,
    /// How many people are on the note by it right now.
    people: usize,
}

/// The links of a note, the newest first, turned-off ones included.
#[derive(Serialize, ToSchema)]
pub(super) struct LinksAnswer {
    items: Vec<LinkAnswer>,
}

/// Make a link.
#[utoipa::path(post, path = "/api/v1/documents/{id}/links", tag = "links", params(("id" = Uuid, Path)),
    request_body = NewLink, responses((status = 201, body = LinkAnswer, headers(("Location" = String))), Refusals))]
pub(super) async fn create(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    Body(NewLink { level, label }): Body<NewLink>,
) -> Result<impl IntoResponse, ApiError> {
    let level = match level {
        LinkLevel::Viewer => Level::Viewer,
        LinkLevel::Editor => Level::Editor,
    };
    let label = label.as_deref();
    let row = app.links.create(&caller, DocumentId(id), level, label, correlation).await?;
    let location = format!("/api/v1/documents/{id}/links/{}", row.id);
    let answer = Json(answer(&app, row, &HashMap::new()));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer))
}

/// All links of a note.
#[utoipa::path(get, path = "/api/v1/documents/{id}/links", tag = "links", params(("id" = Uuid, Path)),
    responses((status = 200, body = LinksAnswer), Refusals))]
pub(super) async fn list(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Json<LinksAnswer>, ApiError> {
    let document = DocumentId(id);
    let rows = app.links.list(&caller, document).await?;
    let people = app.relay.people(document).await;
    let items = rows.into_iter().map(|row| answer(&app, row, &people)).collect();
    Ok(Json(LinksAnswer { items }))
}

/// Turn a link off for good. Whoever is on the note by it leaves at once. A second time changes nothing.
#[utoipa::path(delete, path = "/api/v1/documents/{id}/links/{link_id}", tag = "links",
    params(("id" = Uuid, Path), ("link_id" = Uuid, Path)), responses((status = 204), Refusals))]
pub(super) async fn revoke(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path((id, link)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, ApiError> {
    app.links.revoke(&caller, DocumentId(id), LinkId(link), correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(app: &App, row: LinkRow, people: &HashMap<LinkId, usize>) -> LinkAnswer {
    LinkAnswer {
        id: row.id.0,
        url: app.public_url.at(&format!("/s/{}", share_link::token(&app.keys, row.id))),
        label: row.terms.label,
        level: row.terms.level.into(),
        created_at: row.created_at.to_rfc3339(),
        revoked_at: row.revoked_at.map(sticky_domain::time::Timestamp::to_rfc3339),
        people: people.get(&row.id).copied().unwrap_or(0),
    }
}
