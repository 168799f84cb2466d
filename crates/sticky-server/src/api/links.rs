//! Share links. Owners only.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::port::LinkRow;
use sticky_domain::projection::LinkUse;
use sticky_domain::share_link;
use sticky_domain::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::{LevelAnswer, Refusals};
use super::extract::{Body, Path};
use super::link_terms::{AudienceWord, ChangedLink, NewLink, PreviewWord};
use crate::app::App;
use crate::auth::Known;
use crate::trace::Correlation;

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
    audience: AudienceWord,
    /// When it ends; RFC 3339.
    expires_at: Option<String>,
    /// How many people it lets in.
    max_uses: Option<u32>,
    /// How many people it has let in.
    uses: u64,
    has_password: bool,
    preview: PreviewWord,
    /// How often it was opened; somebody who comes back within an hour has not come again.
    openings: u64,
    /// When it was opened last; RFC 3339.
    opened_at: Option<String>,
    /// How many changes were made through it.
    edits: u64,
    /// When the note was changed through it last; RFC 3339.
    edited_at: Option<String>,
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
    Body(link): Body<NewLink>,
) -> Result<impl IntoResponse, ApiError> {
    let (terms, password) = link.read()?;
    let password = password.as_ref().map(SecretString::expose_secret);
    let row = app.links.create(&caller, DocumentId(id), terms, password, correlation).await?;
    let location = format!("/api/v1/documents/{id}/links/{}", row.id);
    let answer = Json(answer(&app, row, LinkUse::default(), &HashMap::new()));
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
    let items = rows.into_iter().map(|(row, used)| answer(&app, row, used, &people)).collect();
    Ok(Json(LinksAnswer { items }))
}

/// Change a link while it is open. Whoever is in by it is held to the new terms at once.
#[utoipa::path(patch, path = "/api/v1/documents/{id}/links/{link_id}", tag = "links",
    params(("id" = Uuid, Path), ("link_id" = Uuid, Path)), request_body = ChangedLink,
    responses((status = 200, body = LinkAnswer), Refusals))]
pub(super) async fn change(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path((id, link)): Path<(Uuid, Uuid)>,
    Body(changed): Body<ChangedLink>,
) -> Result<Json<LinkAnswer>, ApiError> {
    let link = (DocumentId(id), LinkId(link));
    let (change, password) = changed.read()?;
    let password = password.as_ref().map(|said| said.as_ref().map(SecretString::expose_secret));
    let row = app.links.change(&caller, link, change, password, correlation).await?;
    let used = app.links.used(&row).await?;
    let people = app.relay.people(row.document).await;
    Ok(Json(answer(&app, row, used, &people)))
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

fn answer(app: &App, row: LinkRow, used: LinkUse, people: &HashMap<LinkId, usize>) -> LinkAnswer {
    LinkAnswer {
        id: row.id.0,
        url: app.public_url.at(&format!("/s/{}", share_link::token(&app.keys, row.id))),
        label: row.terms.label,
        level: row.terms.level.into(),
        created_at: row.created_at.to_rfc3339(),
        revoked_at: row.revoked_at.map(Timestamp::to_rfc3339),
        audience: row.terms.audience.into(),
        expires_at: row.terms.expires_at.map(Timestamp::to_rfc3339),
        max_uses: row.terms.max_uses,
        uses: row.uses,
        has_password: row.terms.password.is_some(),
        preview: row.terms.preview.into(),
        openings: used.openings,
        opened_at: used.opened_at.map(Timestamp::to_rfc3339),
        edits: used.edits,
        edited_at: used.edited_at.map(Timestamp::to_rfc3339),
        people: people.get(&row.id).copied().unwrap_or(0),
    }
}
