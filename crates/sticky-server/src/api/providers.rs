//! Signing in with the word of another service: out to it, and back.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
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
use crate::oauth::{Attempt, Provider, WayBack};

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

/// Come back from another service. Only the browser that set out can, once. Goes on to where it wanted to go. When nobody
/// is signed in it goes to `/sign-in?problem=…&next=…`, where `next` is that same place; whoever had signed in already and
/// wanted the service connected goes on, with `problem=…` in the address. A problem is `denied` (they turned back there),
/// `provider_failed`, `login_refused` (it took too long, or was not begun here), `registration_closed`,
/// `identity_taken` (it is connected to somebody else) or `not_found`.
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
    let signed_in = signed_in(&app, &headers).await?;
    let attempt = attempt_cookie(&app, &headers)
        .and_then(|text| Attempt::unseal(&app.keys, &text, provider.id));
    let way = WayBack::of(attempt.as_ref());
    match vouched(&app, provider, attempt.as_ref(), returned, signed_in).await {
        Ok(login) => {
            let (_, cookie) = browser_of(&app, &headers, login).await?;
            Ok(see_other(&app, way.on(), Some(cookie)))
        }
        Err(error) if is_told(&error) => {
            Ok(see_other(&app, way.with_problem(error.code(), signed_in.is_some()), None))
        }
        Err(error) => Err(error),
    }
}

/// Someone who comes back without having been signed in here is told why on a page, where they can try again.
fn is_told(error: &ApiError) -> bool {
    matches!(error, ApiError::ProviderFailed) || error.status().is_client_error()
}

async fn signed_in(app: &App, headers: &HeaderMap) -> Result<Option<Login>, ApiError> {
    match identify(app, headers).await {
        Ok(identity) => Ok(identity.login()),
        Err(ApiError::StaleCookie(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Lets in whom the provider vouches for.
async fn vouched(
    app: &App,
    provider: &Provider,
    attempt: Option<&Attempt>,
    returned: Returned,
    signed_in: Option<Login>,
) -> Result<Login, ApiError> {
    let attempt = attempt.ok_or(ApiError::LoginRefused)?;
    use_up(app, attempt, returned.state.as_deref()).await?;
    let (Some(code), None) = (returned.code, returned.error) else { return Err(denied()) };
    let identified = provider.identify(attempt, code, app.clock.now()).await;
    let identified = identified.map_err(|error| failed(provider, &error))?;
    let vouched = Vouched {
        provider: provider.id,
        subject: &identified.subject,
        username: identified.username.as_deref(),
        name: identified.name.as_deref(),
    };
    Ok(app.logins.by_provider(vouched, signed_in, app.config.registration).await?)
}

/// Whoever comes back knows what the provider was told of the attempt, in time and for the first time.
async fn use_up(app: &App, attempt: &Attempt, state: Option<&str>) -> Result<(), ApiError> {
    if attempt.is_over(app.clock.now()) || state != Some(&attempt.state()) {
        return Err(ApiError::LoginRefused);
    }
    let (nonce, expires_at) = attempt.once();
    match app.sessions.spend_ticket(nonce, expires_at).await? {
        true => Ok(()),
        false => Err(ApiError::LoginRefused),
    }
}

/// Takes the browser on, without its attempt.
fn see_other(app: &App, to: String, cookie: Option<HeaderValue>) -> Response {
    let cookies = cookie.into_iter().chain([clear_attempt(app)]);
    let cookies = cookies.map(|cookie| (header::SET_COOKIE, cookie)).collect::<Vec<_>>();
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)], AppendHeaders(cookies)).into_response()
}

fn denied() -> ApiError {
    let message = "the other service was not allowed to say who you are";
    Refusal::Denied { code: "denied", message }.into()
}

fn failed(provider: &Provider, error: &crate::oauth::ProviderError) -> ApiError {
    tracing::warn!(provider = provider.id, %error, "a provider vouches for nobody");
    ApiError::ProviderFailed
}
