//! Signing in with the word of another service: out to it, and back.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sticky_domain::port::Login;
use sticky_domain::usecase::{Refusal, Vouched};
use utoipa::{IntoParams, ToSchema};

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path, Query};
use super::login::browser_of;
use crate::app::App;
use crate::auth::{Anyone, attempt_cookie, clear_attempt, identify, set_attempt};
use crate::oauth::{Attempt, Identified, Provider};

/// Where to go afterwards.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Setting {
    /// A path of this server; the start, if not given.
    #[schema(example = "/")]
    return_to: Option<String>,
}

/// Where to go now.
#[derive(Serialize, ToSchema)]
pub(super) struct Way {
    /// The provider's page, for this browser and for ten minutes.
    url: String,
}

/// What a provider sends back with the browser.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Returned {
    code: Option<String>,
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// Set out to sign in with another service. The browser keeps a cookie that the way back needs.
#[utoipa::path(post, path = "/api/v1/providers/{provider}/login", tag = "people",
    params(("provider" = String, Path)), request_body = Setting,
    responses((status = 200, body = Way), Refusals))]
pub(super) async fn begin(
    State(app): State<App>,
    _anyone: Anyone,
    Path(provider): Path<String>,
    Body(Setting { return_to }): Body<Setting>,
) -> Result<Response, ApiError> {
    let provider = app.providers.get(&provider).ok_or(Refusal::NotFound)?;
    let (secret, now) = (app.ids.secret(), app.clock.now());
    let attempt = Attempt::new(provider.id, secret, return_to.as_deref(), now);
    let url = provider.address(&attempt).await.map_err(|error| failed(provider, &error))?;
    let cookie = AppendHeaders([(header::SET_COOKIE, set_attempt(&app, &attempt.seal(&app.keys)))]);
    Ok((cookie, Json(Way { url })).into_response())
}

/// Come back from another service. Only the browser that set out can, once: `login_refused`. Goes on to where it wanted
/// to go, or to `/sign-in?problem=…` (`denied`, `registration_closed`, …) when nobody is signed in.
#[utoipa::path(get, path = "/api/v1/providers/{provider}/callback", tag = "people",
    params(("provider" = String, Path), Returned),
    responses((status = 303, headers(("Location" = String))), Refusals))]
pub(super) async fn end(
    State(app): State<App>,
    headers: HeaderMap,
    Path(provider): Path<String>,
    Query(returned): Query<Returned>,
) -> Result<Response, ApiError> {
    let provider = app.providers.get(&provider).ok_or(Refusal::NotFound)?;
    let attempt = attempt(&app, provider, &headers, returned.state.as_deref()).await?;
    let code = match (returned.code, returned.error) {
        (Some(code), None) => code,
        _ => return Ok(not_signed_in(&app, "denied")),
    };
    let identified = provider.identify(&attempt, code, app.clock.now()).await;
    let identified = identified.map_err(|error| failed(provider, &error))?;
    match vouched(&app, provider, &headers, &identified).await {
        Ok(login) => {
            let (_, cookie) = browser_of(&app, &headers, login).await?;
            let cookies = [(header::SET_COOKIE, cookie), (header::SET_COOKIE, clear_attempt(&app))];
            Ok((StatusCode::SEE_OTHER, location(attempt.return_to()), AppendHeaders(cookies))
                .into_response())
        }
        Err(ApiError::Refused(refusal @ (Refusal::RegistrationClosed | Refusal::NotFound))) => {
            Ok(not_signed_in(&app, refusal.code()))
        }
        Err(error) => Err(error),
    }
}

/// The attempt that this browser has set out with, used up.
async fn attempt(
    app: &App,
    provider: &Provider,
    headers: &HeaderMap,
    state: Option<&str>,
) -> Result<Attempt, ApiError> {
    let text = attempt_cookie(app, headers).ok_or(ApiError::LoginRefused)?;
    let attempt = Attempt::unseal(&app.keys, &text, provider.id, app.clock.now());
    let attempt = attempt.ok_or(ApiError::LoginRefused)?;
    if state != Some(&attempt.state()) {
        return Err(ApiError::LoginRefused);
    }
    let (nonce, expires_at) = attempt.once();
    match app.sessions.spend_ticket(nonce, expires_at).await? {
        true => Ok(attempt),
        false => Err(ApiError::LoginRefused),
    }
}

async fn vouched(
    app: &App,
    provider: &Provider,
    headers: &HeaderMap,
    identified: &Identified,
) -> Result<Login, ApiError> {
    let signed_in = match identify(app, headers).await {
        Ok(identity) => identity.login(),
        Err(ApiError::StaleCookie(_)) => None,
        Err(error) => return Err(error),
    };
    let vouched = Vouched {
        provider: provider.id,
        subject: &identified.subject,
        username: identified.username.as_deref(),
        name: identified.name.as_deref(),
    };
    Ok(app.logins.by_provider(vouched, signed_in, app.config.registration).await?)
}

fn not_signed_in(app: &App, why: &str) -> Response {
    let to = location(&format!("/sign-in?problem={why}"));
    let cookie = AppendHeaders([(header::SET_COOKIE, clear_attempt(app))]);
    (StatusCode::SEE_OTHER, to, cookie).into_response()
}

fn location(path: &str) -> [(header::HeaderName, String); 1] {
    [(header::LOCATION, path.to_owned())]
}

fn failed(provider: &Provider, error: &crate::oauth::ProviderError) -> ApiError {
    tracing::warn!(provider = provider.id, %error, "a provider vouches for nobody");
    ApiError::ProviderFailed
}
