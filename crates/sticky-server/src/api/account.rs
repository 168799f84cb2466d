//! The account of whoever has signed in: its password, its logins and tokens, its end.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sticky_domain::access::Scope;
use sticky_domain::id::TokenId;
use sticky_domain::port::{TokenKind, TokenRow};
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::NewToken;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path};
use super::guess::Guess;
use crate::address::ClientAddress;
use crate::app::App;
use crate::auth::{SignedIn, clear_cookie};

/// A password to be changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The password until now; not for those who never had one.
    #[schema(value_type = Option<String>, format = Password)]
    current: Option<SecretString>,
    /// At least 8 characters.
    #[schema(value_type = String, format = Password)]
    new: SecretString,
}

/// Someone who wants to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Leaving {
    /// Not for those who never had one.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ScopeName {
    /// Reading what its user may read.
    Read,
    /// Doing what its user may do.
    #[default]
    Write,
    /// Running the installation, too, if its user may.
    Admin,
}

/// An API token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenWanted {
    /// To tell it from others; at most 80 characters.
    #[schema(example = "Nightly export")]
    label: Option<String>,
    #[serde(default)]
    scope: ScopeName,
    /// When it ends by itself; RFC 3339. Never, if not given.
    expires_at: Option<String>,
}

/// A token or a login, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    id: Uuid,
    /// `api`, or `login` for a browser or program that has signed in.
    #[schema(example = "api")]
    kind: &'static str,
    label: Option<String>,
    /// What a login was begun with: `password` or a provider.
    signed_in_by: Option<String>,
    scope: ScopeName,
    /// Whether it is the login of this very request.
    current: bool,
    /// RFC 3339.
    created_at: String,
    expires_at: Option<String>,
}

/// All that acts for a user.
#[derive(Serialize, ToSchema)]
pub(super) struct TokensAnswer {
    items: Vec<TokenAnswer>,
}

/// A token with its secret, shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct NewTokenAnswer {
    id: Uuid,
    /// For `Authorization: Bearer …`.
    token: String,
}

/// Change the password. All other logins end; tokens stay.
#[utoipa::path(post, path = "/api/v1/me/password", tag = "people", request_body = PasswordChange,
    responses((status = 204), Refusals))]
pub(super) async fn change_password(
    State(app): State<App>,
    SignedIn(login): SignedIn,
    ClientAddress(address): ClientAddress,
    Body(PasswordChange { current, new }): Body<PasswordChange>,
) -> Result<StatusCode, ApiError> {
    let row = app.accounts.get(login.user).await?;
    let guess = Guess::of(&app, &row.username, address).await?;
    let current = current.as_ref().map(SecretString::expose_secret);
    let changed = app.accounts.change_password(login, current, new.expose_secret()).await;
    guess.judged(changed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete my account: nothing acts for me any more, and my notes stay. The last administrator stays (`last_admin`).
#[utoipa::path(delete, path = "/api/v1/me", tag = "people", request_body = Leaving,
    responses((status = 204), Refusals))]
pub(super) async fn leave(
    State(app): State<App>,
    SignedIn(login): SignedIn,
    ClientAddress(address): ClientAddress,
    Body(Leaving { password }): Body<Leaving>,
) -> Result<Response, ApiError> {
    let row = app.accounts.get(login.user).await?;
    let guess = Guess::of(&app, &row.username, address).await?;
    let password = password.as_ref().map(SecretString::expose_secret);
    guess.judged(app.accounts.leave(login, password).await).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, clear_cookie(&app))]).into_response())
}

/// What acts for me: logins and API tokens, the newest first.
#[utoipa::path(get, path = "/api/v1/me/tokens", tag = "people",
    responses((status = 200, body = TokensAnswer), Refusals))]
pub(super) async fn tokens(
    State(app): State<App>,
    SignedIn(login): SignedIn,
) -> Result<Json<TokensAnswer>, ApiError> {
    let rows = app.principals.tokens(login.user).await?;
    let items = rows.into_iter().map(|row| answer(row, login.token)).collect();
    Ok(Json(TokensAnswer { items }))
}

/// Make an API token.
#[utoipa::path(post, path = "/api/v1/me/tokens", tag = "people", request_body = TokenWanted,
    responses((status = 201, body = NewTokenAnswer, headers(("Location" = String))), Refusals))]
pub(super) async fn issue_token(
    State(app): State<App>,
    SignedIn(login): SignedIn,
    Body(TokenWanted { label, scope, expires_at }): Body<TokenWanted>,
) -> Result<impl IntoResponse + use<>, ApiError> {
    let until = expires_at.as_deref().map(|text| {
        Timestamp::from_rfc3339(text).ok_or_else(|| ApiError::invalid("`expires_at` is RFC 3339"))
    });
    let (label, until) = (label.as_deref(), until.transpose()?);
    let wanted = NewToken { label, scope: scope.into(), until };
    let issued = app.principals.issue_token(login.user, wanted).await?;
    let location = format!("/api/v1/me/tokens/{}", issued.id.0);
    let answer = Json(NewTokenAnswer { id: issued.id.0, token: issued.text });
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer))
}

/// End a login or an API token of mine, and its sockets. A second time changes nothing.
#[utoipa::path(delete, path = "/api/v1/me/tokens/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), Refusals))]
pub(super) async fn revoke_token(
    State(app): State<App>,
    SignedIn(login): SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.principals.revoke_token(login.user, TokenId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(row: TokenRow, current: TokenId) -> TokenAnswer {
    let (kind, signed_in_by) = match row.kind {
        TokenKind::Login { by } => ("login", Some(by)),
        TokenKind::Api => ("api", None),
    };
    TokenAnswer {
        id: row.id.0,
        kind,
        label: row.label,
        signed_in_by,
        scope: row.scope.into(),
        current: row.id == current,
        created_at: row.issued_at.to_rfc3339(),
        expires_at: row.until.map(Timestamp::to_rfc3339),
    }
}

impl From<ScopeName> for Scope {
    fn from(scope: ScopeName) -> Self {
        match scope {
            ScopeName::Read => Self::Read,
            ScopeName::Write => Self::Write,
            ScopeName::Admin => Self::Admin,
        }
    }
}

impl From<Scope> for ScopeName {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Write => Self::Write,
            Scope::Admin => Self::Admin,
        }
    }
}
