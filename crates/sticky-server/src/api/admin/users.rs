use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sticky_domain::id::PrincipalId;
use sticky_domain::port::AccountRow;
use sticky_domain::time::Timestamp;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::ApiError;
use crate::api::answer::Refusals;
use crate::api::extract::{Body, Path, Query};
use crate::api::paging::Listed;
use crate::app::App;
use crate::auth::Admin;

const DEFAULT_SIZE: u32 = 100;
const MAX_SIZE: u32 = 1_000;

/// Which users are meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Wanted {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Users per page, from 1 to 1,000; 100 if not given.
    page_size: Option<u32>,
}

/// A user as whoever runs the installation sees them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    id: Uuid,
    #[schema(example = "ana")]
    username: String,
    #[schema(example = "Ana")]
    name: String,
    /// Whether they run the installation.
    admin: bool,
    /// Their own project.
    project_id: Uuid,
    /// RFC 3339.
    registered_at: String,
    /// RFC 3339; `null` while they are there.
    deleted_at: Option<String>,
}

/// Users by username, those who were deleted included.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AccountsAnswer {
    items: Vec<Account>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
}

/// A password to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewPassword {
    /// At least 8 characters.
    #[schema(value_type = String, format = Password)]
    new: SecretString,
}

/// What is to become of a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountChange {
    /// Whether they run the installation.
    admin: bool,
}

/// All users.
#[utoipa::path(get, path = "/api/v1/admin/users", tag = "admin", params(Wanted),
    responses((status = 200, body = AccountsAnswer, headers(("Link" = String, description = "The next page, if there is one"))), Refusals))]
pub(in crate::api) async fn users(
    State(app): State<App>,
    _: Admin,
    Query(wanted): Query<Wanted>,
) -> Result<Listed<AccountsAnswer>, ApiError> {
    let size = wanted.size()?;
    // One more than is told says whether there are more.
    let mut rows = app.accounts.page(&wanted.after()?, size + 1).await?;
    let is_last = rows.len() <= size as usize;
    rows.truncate(size as usize);
    let next_cursor = rows.last().filter(|_| !is_last).map(|row| row.username.clone());
    let next = next_cursor.clone().map(|next| ("cursor", next));
    let items = rows.into_iter().map(Account::from).collect();
    Ok(Listed { page: AccountsAnswer { items, next_cursor }, next })
}

/// Give a user another password. All their logins end; tokens stay.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/password", tag = "admin", params(("id" = Uuid, Path)),
    request_body = NewPassword, responses((status = 204), Refusals))]
pub(in crate::api) async fn set_password(
    State(app): State<App>,
    Admin(operator): Admin,
    Path(id): Path<Uuid>,
    Body(NewPassword { new }): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    app.accounts.set_password(PrincipalId(id), new.expose_secret(), &operator).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a user run the installation, or no longer. It counts from their next request on, whatever they have signed in or
/// made tokens for. The last administrator stays one: `last_admin`.
#[utoipa::path(patch, path = "/api/v1/admin/users/{id}", tag = "admin", params(("id" = Uuid, Path)),
    request_body = AccountChange, responses((status = 200, body = Account), Refusals))]
pub(in crate::api) async fn change_user(
    State(app): State<App>,
    Admin(operator): Admin,
    Path(id): Path<Uuid>,
    Body(AccountChange { admin }): Body<AccountChange>,
) -> Result<Json<Account>, ApiError> {
    Ok(Json(app.accounts.set_admin(PrincipalId(id), admin, &operator).await?.into()))
}

impl Wanted {
    fn size(&self) -> Result<u32, ApiError> {
        let size = self.page_size.unwrap_or(DEFAULT_SIZE);
        match (1..=MAX_SIZE).contains(&size) {
            true => Ok(size),
            false => Err(ApiError::invalid_parameter("page_size", format!("is 1 to {MAX_SIZE}"))),
        }
    }

    /// A cursor is the last username of the page before.
    fn after(&self) -> Result<String, ApiError> {
        let Some(cursor) = &self.cursor else { return Ok(String::new()) };
        let unknown = |_| ApiError::invalid_parameter("cursor", "is not one of this list");
        sticky_domain::username::parse(cursor).map_err(unknown)
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id.0,
            username: row.username,
            name: row.name,
            admin: row.admin,
            project_id: row.project.0,
            registered_at: row.registered_at.to_rfc3339(),
            deleted_at: row.deleted_at.map(Timestamp::to_rfc3339),
        }
    }
}
