//! The guests that a browser has been, for the user who has signed in to it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use sticky_domain::id::PrincipalId;
use sticky_domain::port::BrowserSession;
use sticky_domain::usecase::Promotable;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path};
use super::me::Nothing;
use crate::app::App;
use crate::auth::{Anyone, Identity};

/// A guest whose notes and edits can become the user's.
#[derive(Serialize, ToSchema)]
pub(super) struct GuestAnswer {
    id: Uuid,
    #[schema(example = "Amber Fox")]
    name: String,
    /// The note that a link opened; `null` for the guest who makes notes.
    document_id: Option<Uuid>,
    title: Option<String>,
}

/// The guests that this browser has been.
#[derive(Serialize, ToSchema)]
pub(super) struct GuestsAnswer {
    items: Vec<GuestAnswer>,
}

impl From<Promotable> for GuestAnswer {
    fn from(guest: Promotable) -> Self {
        let (document_id, title) = guest.document.map(|(id, title)| (id.0, title)).unzip();
        Self { id: guest.guest.0, name: guest.name, document_id, title }
    }
}

/// The guests that this browser was before I signed in.
#[utoipa::path(get, path = "/api/v1/me/guests", tag = "people",
    responses((status = 200, body = GuestsAnswer), Refusals))]
pub(super) async fn list(
    State(app): State<App>,
    Anyone(identity): Anyone,
) -> Result<Json<GuestsAnswer>, ApiError> {
    let guests = app.promotions.promotable(session(&identity)?).await?;
    Ok(Json(GuestsAnswer { items: guests.into_iter().map(GuestAnswer::from).collect() }))
}

/// This guest was me: its notes and rights are mine, and what it wrote is told of me. Once: `already_promoted`.
#[utoipa::path(post, path = "/api/v1/me/guests/{id}/promote", tag = "people", params(("id" = Uuid, Path)),
    request_body = Nothing, responses((status = 204), Refusals))]
pub(super) async fn promote(
    State(app): State<App>,
    Anyone(identity): Anyone,
    Path(id): Path<Uuid>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.promotions.promote(session(&identity)?, PrincipalId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The browser that a user has signed in to.
fn session(identity: &Identity) -> Result<&BrowserSession, ApiError> {
    match identity {
        Identity::Browser(browser) if browser.session.login.is_some() => Ok(&browser.session),
        Identity::Nobody => Err(ApiError::CredentialNeeded),
        _ => Err(ApiError::SignInNeeded),
    }
}
