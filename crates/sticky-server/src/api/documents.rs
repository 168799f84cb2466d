//! Notes as things with a title.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use sticky_domain::id::DocumentId;
use sticky_domain::port::DocumentRow;
use sticky_domain::usecase::DocumentChange;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiError;
use super::answer::{Changed, Refusals};
use super::condition::{IfMatch, Tag, Tagged};
use super::extract::{Body, Path, Query};
use crate::app::App;
use crate::auth::{Author, Known};
use crate::trace::Correlation;

/// A note to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDocument {
    /// At most 256 characters. Without one the title follows the first line of the text.
    #[schema(example = "Shopping list")]
    title: Option<String>,
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedDocument {
    /// At most 256 characters; blank lets the title follow the text again.
    title: Option<String>,
    /// `true` moves the note to the trash, `false` takes it out.
    deleted: Option<bool>,
}

/// A note that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedDocument {
    id: Uuid,
    title: String,
    /// RFC 3339.
    #[schema(example = "2026-11-20T07:15:00.123Z")]
    created_at: String,
}

/// A note without its text.
#[derive(Serialize, ToSchema)]
pub(super) struct DocumentAnswer {
    id: Uuid,
    /// The one that someone set, else the first line of the text, else "Untitled".
    title: String,
    /// The newest change of title, sharing or text; RFC 3339.
    updated_at: String,
    /// Since when it is in the trash.
    deleted_at: Option<String>,
}

/// Make a note.
#[utoipa::path(post, path = "/api/v1/documents", tag = "documents", request_body = NewDocument,
    responses((status = 201, body = CreatedDocument, headers(("Location" = String), ("ETag" = String))), Refusals))]
pub(super) async fn create(
    State(app): State<App>,
    Author(caller): Author,
    Correlation(correlation): Correlation,
    Body(NewDocument { title }): Body<NewDocument>,
) -> Result<impl IntoResponse, ApiError> {
    let row = app.documents.create(&caller, title.as_deref(), correlation).await?;
    let location = format!("/api/v1/documents/{}", row.id);
    let answer = Tagged(tag_of(&row), Json(CreatedDocument::from(row)));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer))
}

/// A note's title and dates.
#[utoipa::path(get, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = Uuid, Path)),
    responses((status = 200, body = DocumentAnswer, headers(("ETag" = String))),
        (status = 304, description = "`If-None-Match` names this very state"), Refusals))]
pub(super) async fn get(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
) -> Result<Tagged<Json<DocumentAnswer>>, ApiError> {
    Ok(tagged(app.documents.get(&caller, DocumentId(id)).await?))
}

/// Rename a note, move it to the trash or take it out: all of it, or nothing.
#[utoipa::path(patch, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = Uuid, Path)),
    request_body = ChangedDocument, responses((status = 200, body = DocumentAnswer, headers(("ETag" = String))), Changed, Refusals))]
pub(super) async fn change(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(ChangedDocument { title, deleted }): Body<ChangedDocument>,
) -> Result<Tagged<Json<DocumentAnswer>>, ApiError> {
    let (id, change) = (DocumentId(id), DocumentChange { title, trashed: deleted });
    let documents = app.documents.expecting(if_match.version()?);
    documents.change(&caller, id, &change, correlation).await?;
    Ok(tagged(app.documents.get(&caller, id).await?))
}

/// How a note is to be deleted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Deletion {
    /// `true` deletes it for good, with its whole history: it cannot be restored.
    #[serde(default)]
    purge: bool,
}

/// Move a note to the trash; a second time changes nothing. Or delete it for good.
#[utoipa::path(delete, path = "/api/v1/documents/{id}", tag = "documents", params(("id" = Uuid, Path), Deletion),
    responses((status = 204), Changed, Refusals))]
pub(super) async fn trash(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Query(Deletion { purge }): Query<Deletion>,
) -> Result<StatusCode, ApiError> {
    let documents = app.documents.expecting(if_match.version()?);
    match purge {
        true => documents.purge(&caller, DocumentId(id), correlation).await?,
        false => documents.trash(&caller, DocumentId(id), correlation).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

fn tagged(row: DocumentRow) -> Tagged<Json<DocumentAnswer>> {
    Tagged(tag_of(&row), Json(row.into()))
}

fn tag_of(row: &DocumentRow) -> Tag {
    Tag::of_document(row.version, row.head)
}

impl From<DocumentRow> for CreatedDocument {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id.0,
            title: row.effective_title().to_owned(),
            created_at: row.created_at.to_rfc3339(),
        }
    }
}

impl From<DocumentRow> for DocumentAnswer {
    fn from(row: DocumentRow) -> Self {
        Self {
            id: row.id.0,
            title: row.effective_title().to_owned(),
            updated_at: row.updated_at.to_rfc3339(),
            deleted_at: row.deleted_at.map(sticky_domain::time::Timestamp::to_rfc3339),
        }
    }
}
