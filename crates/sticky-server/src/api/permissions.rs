//! Whom a note is shared with. Owners only, but that everyone may leave.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sticky_domain::access::{Caller, Level};
use sticky_domain::id::DocumentId;
use sticky_domain::port::GrantRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::{LevelAnswer, Refusals, Somebody};
use super::extract::{Body, Path};
use super::sharing::{RecipientAnswer, named};
use crate::app::App;
use crate::auth::Known;
use crate::trace::Correlation;

/// What someone may do with a note.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum LevelWord {
    Viewer,
    Editor,
    Owner,
}

/// Whom to share with, named in one way, and what they may do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPermission {
    principal_id: Option<Uuid>,
    #[schema(example = "ana")]
    username: Option<String>,
    group_id: Option<Uuid>,
    level: LevelWord,
}

/// Who becomes the owner, named in one way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    principal_id: Option<Uuid>,
    #[schema(example = "ana")]
    username: Option<String>,
    /// What the caller may do from then on; nothing when it is left out.
    keep: Option<LevelWord>,
}

/// Whom a note is shared with.
#[derive(Serialize, ToSchema)]
pub(super) struct PermissionAnswer {
    recipient: RecipientAnswer,
    level: LevelAnswer,
    granted_by: Option<Somebody>,
    /// RFC 3339.
    granted_at: String,
    /// Whether it is the caller.
    you: bool,
}

/// All whom a note is shared with, the highest level first. Links and roles in the project are not among them.
#[derive(Serialize, ToSchema)]
pub(super) struct PermissionsAnswer {
    items: Vec<PermissionAnswer>,
}

/// All whom a note is shared with.
#[utoipa::path(get, path = "/api/v1/documents/{id}/permissions", tag = "permissions",
    params(("id" = Uuid, Path)), responses((status = 200, body = PermissionsAnswer), Refusals))]
pub(super) async fn list(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Json<PermissionsAnswer>, ApiError> {
    let rows = app.permissions.list(&caller, DocumentId(id)).await?;
    let items = rows.into_iter().map(|row| answer(&caller, row)).collect();
    Ok(Json(PermissionsAnswer { items }))
}

/// Share a note with a person or a group, or change what they may do.
#[utoipa::path(put, path = "/api/v1/documents/{id}/permissions", tag = "permissions",
    params(("id" = Uuid, Path)), request_body = NewPermission,
    responses((status = 200, body = PermissionAnswer), (status = 201, body = PermissionAnswer), Refusals))]
pub(super) async fn put(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    Body(NewPermission { principal_id, username, group_id, level }): Body<NewPermission>,
) -> Result<(StatusCode, Json<PermissionAnswer>), ApiError> {
    let to = named(principal_id, username, group_id)?;
    let document = DocumentId(id);
    let (row, is_new) =
        app.permissions.grant(&caller, document, &to, level.into(), correlation).await?;
    app.relay.warm(document);
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(answer(&caller, row))))
}

/// Share a note with somebody no longer. Whoever is on the note by it leaves at once. With whom it is not shared:
/// 404 `no_such_permission`.
#[utoipa::path(delete, path = "/api/v1/documents/{id}/permissions/{recipient_id}", tag = "permissions",
    params(("id" = Uuid, Path), ("recipient_id" = Uuid, Path)), responses((status = 204), Refusals))]
pub(super) async fn revoke(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path((id, recipient)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, ApiError> {
    app.permissions.revoke(&caller, DocumentId(id), recipient, correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hand a note over: someone else becomes an owner in the caller's place.
#[utoipa::path(post, path = "/api/v1/documents/{id}/transfer", tag = "permissions",
    params(("id" = Uuid, Path)), request_body = Transfer, responses((status = 204), Refusals))]
pub(super) async fn transfer(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    Body(Transfer { principal_id, username, keep }): Body<Transfer>,
) -> Result<StatusCode, ApiError> {
    let to = named(principal_id, username, None)?;
    let keep = keep.map(Level::from);
    app.permissions.transfer(&caller, DocumentId(id), &to, keep, correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(caller: &Caller, row: GrantRow) -> PermissionAnswer {
    let (_, id) = row.recipient.parts();
    PermissionAnswer {
        recipient: RecipientAnswer::new(row.recipient, row.kind, row.name, row.root)
            .who_has_left(row.deleted),
        level: row.level.into(),
        granted_by: row.granted_by.map(|giver| Somebody {
            id: giver.0,
            name: row.granter.unwrap_or_else(|| "Someone".to_owned()),
        }),
        granted_at: row.granted_at.to_rfc3339(),
        you: caller.principals().any(|own| own.0 == id),
    }
}

impl From<LevelWord> for Level {
    fn from(word: LevelWord) -> Self {
        match word {
            LevelWord::Viewer => Self::Viewer,
            LevelWord::Editor => Self::Editor,
            LevelWord::Owner => Self::Owner,
        }
    }
}
