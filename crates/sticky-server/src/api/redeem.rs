//! Opening a share link: this browser becomes its guest.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Serialize;
use sticky_domain::share_link;
use sticky_domain::usecase::{Browser, Refusal};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::{LevelAnswer, PersonAnswer, Refusals};
use super::extract::{Body, Path};
use super::me::Nothing;
use crate::app::App;
use crate::auth::{Identity, identify, require_ours, set_cookie};
use crate::limit::WRITE;

/// What the link opens, and who the browser is there.
#[derive(Serialize, ToSchema)]
pub(super) struct Opened {
    document_id: Uuid,
    level: LevelAnswer,
    title: String,
    principal: PersonAnswer,
}

/// Open a share link. Forged, unknown and turned-off ones and those of notes in the trash look the same.
#[utoipa::path(post, path = "/s/{token}", tag = "links", params(("token" = String, Path)),
    request_body = Nothing, responses((status = 200, body = Opened), Refusals))]
pub(super) async fn redeem(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, ApiError> {
    require_ours(&app, &headers, headers.contains_key(header::COOKIE))?;
    let link = share_link::verify(&app.keys, &token).ok_or(Refusal::NotFound)?;
    app.limits.link(link, WRITE)?;
    let admission = app.browsers.admit(known_browser(&app, &headers).await?, link).await?;
    let cookie = admission.browser.new_cookie;
    let cookie =
        cookie.map(|secret| AppendHeaders([(header::SET_COOKIE, set_cookie(&app, &secret))]));
    let opened = Opened {
        document_id: admission.document.0,
        level: admission.level.into(),
        title: admission.title,
        principal: admission.person.into(),
    };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((no_store, cookie, Json(opened)).into_response())
}

/// The browser as it is known, if it is: whoever holds a link needs nothing else, not even a good cookie.
async fn known_browser(app: &App, headers: &HeaderMap) -> Result<Option<Browser>, ApiError> {
    match identify(app, headers).await {
        Ok(Identity::Browser(browser)) => Ok(Some(browser)),
        Ok(_) | Err(ApiError::StaleCookie(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
