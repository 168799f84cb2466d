//! Users.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sticky_domain::id::PrincipalId;
use sticky_domain::port::AccountRow;
use sticky_domain::usecase::{NewAccount, Refusal};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Body, Path, Query};
use crate::address::ClientAddress;
use crate::app::App;
use crate::auth::{Admin, Anyone, Counted, Known, Registered};
use crate::trace::Correlation;

/// Someone who wants to be a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// 3 to 32 letters a-z, digits, dots, hyphens and underscores. It is signed in with and never changes.
    #[schema(example = "ana")]
    username: String,
    /// At least 8 characters.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// What others see; the username if not given.
    #[schema(example = "Ana")]
    name: Option<String>,
}

/// A user as others see them.
#[derive(Serialize, ToSchema)]
pub(super) struct UserAnswer {
    id: Uuid,
    #[schema(example = "ana")]
    username: String,
    #[schema(example = "Ana")]
    name: String,
    /// RFC 3339.
    registered_at: String,
}

/// Users with this name.
#[derive(Serialize, ToSchema)]
pub(super) struct UsersAnswer {
    items: Vec<UserAnswer>,
}

/// Whom to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The whole username: there is nothing to be listed.
    username: String,
}

impl From<AccountRow> for UserAnswer {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id.0,
            username: row.username,
            name: row.name,
            registered_at: row.registered_at.to_rfc3339(),
        }
    }
}

/// Become a user. Where registration is closed (`registration_closed`), administrators make users.
#[utoipa::path(post, path = "/api/v1/users", tag = "people", request_body = NewUser,
    responses((status = 201, body = UserAnswer, headers(("Location" = String))), Refusals))]
pub(super) async fn register(
    State(app): State<App>,
    Anyone(identity): Anyone,
    ClientAddress(address): ClientAddress,
    Correlation(correlation): Correlation,
    Body(NewUser { username, password, name }): Body<NewUser>,
) -> Result<(StatusCode, [(header::HeaderName, HeaderValue); 1], Json<UserAnswer>), ApiError> {
    if !app.config.registration
        && let Err(refused) = Admin::of(&app, &identity).await
    {
        let is_theirs = refused.status().is_client_error();
        return Err(if is_theirs { Refusal::RegistrationClosed.into() } else { refused });
    }
    if let Some(address) = address {
        app.throttled(Counted::registration(address)).await?;
    }
    let password = Some(password.expose_secret());
    let (username, name) = (username.as_str(), name.as_deref());
    let new = NewAccount { username, name, password, admin: false };
    let row = app.accounts.register(new, correlation).await?;
    let location = format!("/api/v1/users/{}", row.id).parse().expect("an id is a header");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(row.into())))
}

/// A user.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 200, body = UserAnswer), Refusals))]
pub(super) async fn get(
    State(app): State<App>,
    _known: Known,
    Path(id): Path<Uuid>,
) -> Result<Json<UserAnswer>, ApiError> {
    Ok(Json(app.accounts.get(PrincipalId(id)).await?.into()))
}

/// The user with this name, if there is one.
#[utoipa::path(get, path = "/api/v1/users", tag = "people", params(Wanted),
    responses((status = 200, body = UsersAnswer), Refusals))]
pub(super) async fn find(
    State(app): State<App>,
    _registered: Registered,
    Query(Wanted { username }): Query<Wanted>,
) -> Result<Json<UsersAnswer>, ApiError> {
    let row = app.accounts.named(&username).await?;
    Ok(Json(UsersAnswer { items: row.into_iter().map(UserAnswer::from).collect() }))
}

/// Delete a user: nothing acts for them any more, and their notes stay. For administrators, the last of whom stays
/// (`last_admin`); a second time changes nothing.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 204), Refusals))]
pub(super) async fn delete(
    State(app): State<App>,
    Admin(operator): Admin,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    app.accounts.delete(PrincipalId(id), &operator).await?;
    Ok(StatusCode::NO_CONTENT)
}
