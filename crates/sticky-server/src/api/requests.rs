//! Asking for access to a note, and answering.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sticky_domain::access::{Level, Recipient};
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::share_link;
use sticky_domain::usecase::Refusal;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path};
use super::link_terms::LinkLevel;
use super::redeem::known_browser;
use super::sharing::RecipientAnswer;
use crate::app::App;
use crate::auth::{Known, require_ours, set_cookie};
use crate::people::PROJECT;
use crate::trace::Correlation;

/// What to tell the owners.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Asking {
    /// At most 280 characters.
    message: Option<String>,
}

/// Someone who asks for access.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestAnswer {
    /// What the request is answered by.
    id: Uuid,
    person: RecipientAnswer,
    message: Option<String>,
    /// RFC 3339.
    asked_at: String,
}

/// Who waits for an answer, the first to ask first.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestsAnswer {
    items: Vec<RequestAnswer>,
}

/// Yes, or no.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Verdict {
    /// What they may do from then on; `null` is a no.
    level: Option<LinkLevel>,
}

/// Ask the owners of the note that a link leads to, which lets in those only whom the note is shared with. The browser is
/// known from then on. A second time changes nothing.
#[utoipa::path(post, path = "/s/{token}/ask", tag = "links", params(("token" = String, Path)),
    request_body = Asking, responses((status = 204), Refusals))]
pub(super) async fn ask(
    State(app): State<App>,
    headers: HeaderMap,
    Correlation(correlation): Correlation,
    Path(token): Path<String>,
    Body(Asking { message }): Body<Asking>,
) -> Result<Response, ApiError> {
    require_ours(&app, &headers, headers.contains_key(header::COOKIE))?;
    let link = share_link::verify(&app.keys, &token).ok_or(Refusal::NotFound)?;
    // Nobody becomes known by asking for what is not there.
    app.requests.about(link).await?;
    let browser = known_browser(&app, &headers).await?;
    let browser = app.browsers.settle(browser, PROJECT).await?;
    let (by, _) = browser.caller().author().ok_or(Refusal::Unauthorized)?;
    app.requests.ask(by, link, message.as_deref(), correlation).await?;
    let cookie = browser.new_cookie;
    let cookie =
        cookie.map(|secret| AppendHeaders([(header::SET_COOKIE, set_cookie(&app, &secret))]));
    Ok((cookie, StatusCode::NO_CONTENT).into_response())
}

/// Who waits to be let in.
#[utoipa::path(get, path = "/api/v1/documents/{id}/requests", tag = "permissions",
    params(("id" = Uuid, Path)), responses((status = 200, body = RequestsAnswer), Refusals))]
pub(super) async fn requests(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Json<RequestsAnswer>, ApiError> {
    let rows = app.requests.list(&caller, DocumentId(id)).await?;
    let items = rows.into_iter().map(|row| RequestAnswer {
        id: row.principal.0,
        person: RecipientAnswer::new(
            Recipient::Principal(row.principal),
            row.kind,
            row.name,
            row.root,
        ),
        message: row.message,
        asked_at: row.asked_at.to_rfc3339(),
    });
    Ok(Json(RequestsAnswer { items: items.collect() }))
}

/// Let someone in, or do not.
#[utoipa::path(post, path = "/api/v1/documents/{id}/requests/{request_id}", tag = "permissions",
    params(("id" = Uuid, Path), ("request_id" = Uuid, Path)), request_body = Verdict,
    responses((status = 204), Refusals))]
pub(super) async fn answer(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path((id, request)): Path<(Uuid, Uuid)>,
    Body(Verdict { level }): Body<Verdict>,
) -> Result<StatusCode, ApiError> {
    let (document, by) = (DocumentId(id), PrincipalId(request));
    let level = level.map(Level::from);
    app.requests.answer(&caller, document, by, level, correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}
