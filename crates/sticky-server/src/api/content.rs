//! Notes as text.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sticky_domain::access::Caller;
use sticky_domain::card::{Card, CardRenderer as _, Theme};
use sticky_domain::id::DocumentId;
use sticky_domain::usecase::{EditedContent, Moment, Refusal};
use sticky_relay::edit::apply_operation;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::accept::{self, Form};
use super::answer::{Changed, Refusals};
use super::condition::{IfMatch, Tag, Tagged};
use super::extract::{Body, Path, Query, Raw, media_type};
use super::history::Then;
use super::operation::Edit;
use crate::app::App;
use crate::auth::Known;

const PUT_TYPES: &str = "text/markdown or application/vnd.yjs.update";

/// Where an edit became durable.
#[derive(Serialize, ToSchema)]
pub(super) struct Edited {
    /// The seq of the content; the ETag without its quotes.
    seq: u64,
}

impl From<EditedContent> for Edited {
    fn from(edited: EditedContent) -> Self {
        Self { seq: edited.seq }
    }
}

/// What a note says, in the form that `Accept` asks for.
#[utoipa::path(get, path = "/api/v1/documents/{id}/content", tag = "content", params(("id" = Uuid, Path), Then),
    responses((status = 200, headers(("ETag" = String, description = "The seq of the content")), content(
        (String = "text/markdown"), (String = "text/html"), (Vec<u8> = "application/vnd.yjs.update"))),
        (status = 304, description = "`If-None-Match` names this very content"),
        (status = 406, body = super::problem::Problem, content_type = "application/problem+json", description = "`not_acceptable`"), Refusals))]
pub(super) async fn read(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    Query(then): Query<Then>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = accept::form(&headers).ok_or(ApiError::NotAcceptable)?;
    let (seq, body) = written(&app, &caller, DocumentId(id), form, then.moment()?).await?;
    let names = [(header::VARY, "Accept"), (header::CONTENT_TYPE, form.content_type())];
    Ok(Tagged(Tag::of_content(seq), (names, body)).into_response())
}

/// Replace the whole text by the smallest difference, or merge a Yjs update.
#[utoipa::path(put, path = "/api/v1/documents/{id}/content", tag = "content",
    params(("id" = Uuid, Path)),
    request_body(content((String = "text/markdown"), (Vec<u8> = "application/vnd.yjs.update"))),
    responses((status = 200, body = Edited, headers(("ETag" = String))), Changed, Refusals))]
pub(super) async fn put(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Tagged<Json<Edited>>, ApiError> {
    let document = DocumentId(id);
    let edited = match media_type(&headers).unwrap_or_default().to_ascii_lowercase().as_str() {
        "text/markdown" => {
            let text = std::str::from_utf8(&body)
                .map_err(|_| ApiError::invalid("the text is not UTF-8"))?;
            app.contents.replace(&caller, document, if_match.seq()?, text).await?
        }
        "application/vnd.yjs.update" => app.contents.merge(&caller, document, body).await?,
        _ => return Err(ApiError::UnsupportedMediaType(PUT_TYPES)),
    };
    Ok(answer(edited))
}

fn answer(edited: EditedContent) -> Tagged<Json<Edited>> {
    Tagged(Tag::of_content(edited.seq), Json(edited.into()))
}

/// Make one edit.
#[utoipa::path(patch, path = "/api/v1/documents/{id}/content", tag = "content", params(("id" = Uuid, Path)),
    request_body = Edit, responses((status = 200, body = Edited, headers(("ETag" = String))), Changed, Refusals))]
pub(super) async fn patch(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(edit): Body<Edit>,
) -> Result<Tagged<Json<Edited>>, ApiError> {
    let operation = edit.operation()?;
    let change =
        |text: &str| apply_operation(text, &operation).map_err(|_| Refusal::NotFoundInText);
    let edited = app.contents.apply(&caller, DocumentId(id), if_match.seq()?, change).await?;
    Ok(answer(edited))
}

async fn written(
    app: &App,
    caller: &Caller,
    document: DocumentId,
    form: Form,
    then: Option<Moment>,
) -> Result<(u64, Vec<u8>), ApiError> {
    let content = match (form, then) {
        (Form::Yjs, None) => {
            let (seq, state) = app.contents.state(caller, document).await?;
            return Ok((seq, state.into()));
        }
        (Form::Yjs, Some(_)) => {
            return Err(ApiError::invalid("the past is told as text; `updates` tells it as Yjs"));
        }
        (_, None) => app.contents.read(caller, document).await?,
        (_, Some(moment)) => app.history.read(caller, document, moment).await?,
    };
    if form == Form::Markdown {
        return Ok((content.seq, content.text.into_bytes()));
    }
    let cards = app.cards.renderer().clone();
    let card = Card { title: String::new(), markdown: content.text, theme: Theme::Light };
    let html = tokio::task::spawn_blocking(move || cards.html(&card)).await;
    Ok((content.seq, html.map_err(|_| ApiError::Panicked)?.into_bytes()))
}
