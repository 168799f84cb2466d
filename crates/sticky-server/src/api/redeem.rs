//! Opening a share link: this browser becomes its guest.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sticky_domain::id::LinkId;
use sticky_domain::share_link;
use sticky_domain::usecase::{Admission, Browser, Knock, Refusal};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::{LevelAnswer, PersonAnswer, Refusals};
use super::extract::{Body, Path};
use super::guess::Guess;
use crate::address::ClientAddress;
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

/// What is said beside the link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Knocking {
    /// That the link is to be opened though that counts: asked for by 403 `confirm_needed`.
    #[serde(default)]
    open: bool,
    /// The link's: asked for by 403 `password_needed`.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
}

/// Open a share link. Forged, unknown and turned-off ones and those of notes in the trash look the same.
#[utoipa::path(post, path = "/s/{token}", tag = "links", params(("token" = String, Path)),
    request_body = Knocking, responses((status = 200, body = Opened), Refusals))]
pub(super) async fn redeem(
    State(app): State<App>,
    headers: HeaderMap,
    ClientAddress(address): ClientAddress,
    Path(token): Path<String>,
    Body(knocking): Body<Knocking>,
) -> Result<Response, ApiError> {
    require_ours(&app, &headers, headers.contains_key(header::COOKIE))?;
    let link = share_link::verify(&app.keys, &token).ok_or(Refusal::NotFound)?;
    app.limits.link(link, WRITE)?;
    let browser = known_browser(&app, &headers).await?;
    let admission = admitted(&app, browser, link, address, &knocking).await?;
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

/// Whoever says a password may be guessing it.
async fn admitted(
    app: &App,
    browser: Option<Browser>,
    link: LinkId,
    address: Option<IpAddr>,
    Knocking { open, password }: &Knocking,
) -> Result<Admission, ApiError> {
    let password = password.as_ref().map(SecretString::expose_secret);
    let admit = app.browsers.admit(browser, link, Knock { open: *open, password });
    if password.is_none() {
        return Ok(admit.await?);
    }
    let guess = Guess::of_link(app, link, address).await?;
    guess.judged(admit.await).await
}

/// The browser as it is known, if it is: whoever holds a link needs nothing else, not even a good cookie.
pub(super) async fn known_browser(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<Browser>, ApiError> {
    match identify(app, headers).await {
        Ok(Identity::Browser(browser)) => Ok(Some(browser)),
        Ok(_) | Err(ApiError::StaleCookie(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
