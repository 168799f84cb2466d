//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use jsonwebtoken::jwk::JwkSet;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sticky_domain::port::Login;
use sticky_domain::usecase::{Refusal, SignInError};
use utoipa::ToSchema;

use super::ApiError;
use super::answer::Refusals;
use super::extract::Body;
use super::guess::Guess;
use super::me::{Me, Nothing, me};
use crate::address::ClientAddress;
use crate::app::App;
use crate::auth::{
    ACCESS_TOKEN_LIFE, Anyone, Identity, clear_cookie, identify, require_ours, set_cookie,
};

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    #[schema(example = "ana")]
    username: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// What a program signs its requests with.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// For `Authorization: Bearer …`; a JWT whose public keys are at `/.well-known/jwks.json`.
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: u64,
    /// Good for one refresh within 30 days. Shown once.
    refresh_token: String,
}

/// A refresh token to be used up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshToken {
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// Sign in, as a program that keeps tokens.
#[utoipa::path(post, path = "/api/v1/login", tag = "people", request_body = Credentials,
    responses((status = 200, body = Tokens), Refusals))]
pub(super) async fn log_in(
    State(app): State<App>,
    headers: HeaderMap,
    ClientAddress(address): ClientAddress,
    Body(credentials): Body<Credentials>,
) -> Result<Json<Tokens>, ApiError> {
    require_ours(&app, &headers, false)?;
    let login = checked(&app, address, &credentials).await?;
    let refresh_token = app.logins.refresh_token(login).await?;
    Ok(Json(tokens(&app, login, refresh_token)))
}

/// Sign in, as a browser that keeps a cookie. What it was as a guest comes along.
#[utoipa::path(post, path = "/api/v1/login/browser", tag = "people", request_body = Credentials,
    responses((status = 200, body = Me), Refusals))]
pub(super) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    ClientAddress(address): ClientAddress,
    Body(credentials): Body<Credentials>,
) -> Result<Response, ApiError> {
    // Or a page of another site could sign a browser in as someone else.
    require_ours(&app, &headers, true)?;
    let login = checked(&app, address, &credentials).await?;
    signed_in(&app, &headers, login).await
}

/// Use up a refresh token for new tokens. One that is used twice ends the login.
#[utoipa::path(post, path = "/api/v1/login/refresh", tag = "people", request_body = RefreshToken,
    responses((status = 200, body = Tokens), Refusals))]
pub(super) async fn refresh(
    State(app): State<App>,
    headers: HeaderMap,
    Body(RefreshToken { refresh_token }): Body<RefreshToken>,
) -> Result<Json<Tokens>, ApiError> {
    require_ours(&app, &headers, false)?;
    let refreshed = app.logins.refresh(refresh_token.expose_secret()).await;
    let (login, refresh_token) = refreshed.map_err(|refusal| match refusal {
        Refusal::Unauthorized => ApiError::BadCredential,
        refusal => refusal.into(),
    })?;
    Ok(Json(tokens(&app, login, refresh_token)))
}

/// Sign out: the login ends, and so do its sockets. A browser is forgotten, guests included.
#[utoipa::path(post, path = "/api/v1/logout", tag = "people", request_body = Nothing,
    responses((status = 204), Refusals))]
pub(super) async fn log_out(
    State(app): State<App>,
    Anyone(identity): Anyone,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, ApiError> {
    match identity {
        Identity::Browser(browser) => {
            app.browsers.leave(&browser.session).await?;
            let cookie = [(header::SET_COOKIE, clear_cookie(&app))];
            Ok((StatusCode::NO_CONTENT, cookie).into_response())
        }
        Identity::User(shown) => {
            app.logins.end(shown.login).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Identity::Service(_) | Identity::Local(_) => Err(ApiError::SignInNeeded),
        Identity::Nobody => Err(ApiError::CredentialNeeded),
    }
}

/// The public keys of access tokens.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "people",
    responses((status = 200, body = Object), Refusals))]
pub(super) async fn keys(State(app): State<App>) -> impl IntoResponse {
    let a_while = [(header::CACHE_CONTROL, "public, max-age=300")];
    (a_while, Json::<JwkSet>(app.access_tokens.public()))
}

/// This browser with someone signed in.
pub(super) async fn signed_in(
    app: &App,
    headers: &HeaderMap,
    login: Login,
) -> Result<Response, ApiError> {
    let (browser, cookie) = browser_of(app, headers, login).await?;
    let me = me(app, &browser).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(me)).into_response())
}

/// Lets the login into this browser, whose cookie it is from now on.
pub(super) async fn browser_of(
    app: &App,
    headers: &HeaderMap,
    login: Login,
) -> Result<(Identity, header::HeaderValue), ApiError> {
    let before = match identify(app, headers).await {
        Ok(Identity::Browser(browser)) => Some(browser.session),
        Ok(_) | Err(ApiError::StaleCookie(_)) => None,
        Err(error) => return Err(error),
    };
    let browser = app.browsers.sign_in(before, login).await?;
    let secret = browser.new_cookie.expect("whoever signs in gets a new cookie");
    Ok((Identity::Browser(browser), set_cookie(app, &secret)))
}

async fn checked(
    app: &App,
    address: Option<std::net::IpAddr>,
    credentials: &Credentials,
) -> Result<Login, ApiError> {
    let Credentials { username, password } = credentials;
    let guess = Guess::of(app, username, address).await?;
    match app.logins.by_password(username, password.expose_secret()).await {
        Ok(login) => {
            guess.was_right().await;
            Ok(login)
        }
        Err(SignInError::Refused(refusal)) => {
            guess.was_right().await;
            Err(refusal.into())
        }
        Err(SignInError::Wrong { user }) => {
            note_failure(app, user);
            Err(Refusal::WrongPassword.into())
        }
    }
}

/// Afterwards, so that the answer takes no longer for a name that exists.
fn note_failure(app: &App, user: Option<sticky_domain::id::PrincipalId>) {
    let Some(user) = user else { return };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(refusal) = app.logins.failed(user).await {
            tracing::warn!(%refusal, "a failed sign-in was not recorded");
        }
    });
}

fn tokens(app: &App, login: Login, refresh_token: String) -> Tokens {
    Tokens {
        access_token: app.access_tokens.sign(login, app.clock.now(), app.ids.id()),
        token_type: "Bearer",
        expires_in: ACCESS_TOKEN_LIFE.as_secs(),
        refresh_token,
    }
}
