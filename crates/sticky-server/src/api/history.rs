//! What a note said before, who changed it, and the way back.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sticky_domain::event::Via;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Excerpt, Selection};
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::{Burst, EditedContent, Moment};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ApiError;
use super::answer::{Refusals, Somebody};
use super::content::Edited;
use super::extract::{Body, Path, Query};
use super::paging::Listed;
use crate::app::App;
use crate::auth::Known;

const DEFAULT_BURSTS: usize = 100;
const MAX_BURSTS: usize = 500;
const DEFAULT_BYTES: usize = 1 << 20;
const MAX_BYTES: usize = 4 << 20;

/// One of a note's pasts: by `seq`, or by time.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Then {
    /// The seq of the content.
    seq: Option<u64>,
    /// RFC 3339: the last change at or before this time.
    at: Option<String>,
}

impl Then {
    /// The moment that is meant; `None` for now.
    pub(super) fn moment(&self) -> Result<Option<Moment>, ApiError> {
        match (self.seq, &self.at) {
            (None, None) => Ok(None),
            (Some(seq), None) => Ok(Some(Moment::Seq(seq))),
            (None, Some(at)) => {
                let time = Timestamp::from_rfc3339(at);
                time.map(|time| Some(Moment::Time(time)))
                    .ok_or_else(|| ApiError::invalid("`at` is a time such as 2026-11-20T07:15:00Z"))
            }
            (Some(_), Some(_)) => {
                Err(ApiError::invalid("`seq` and `at` say the same thing: give one of them"))
            }
        }
    }
}

/// What part of the timeline is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TimelinePart {
    /// Bursts after this seq.
    #[serde(default)]
    after: u64,
    /// At most so many, 1 to 500.
    limit: Option<usize>,
}

/// What one person did in one go.
#[derive(Serialize, ToSchema)]
pub(super) struct BurstAnswer {
    first_seq: u64,
    last_seq: u64,
    began_at: String,
    ended_at: String,
    /// Who it was, called what they are called now.
    person: Somebody,
    /// The share link that let them, if one did.
    link_id: Option<Uuid>,
}

impl From<Burst> for BurstAnswer {
    fn from(burst: Burst) -> Self {
        let link_id = match burst.via {
            Via::Link(link) => Some(link.0),
            Via::Direct | Via::Token(_) => None,
        };
        Self {
            first_seq: burst.first_seq,
            last_seq: burst.last_seq,
            began_at: burst.began_at.to_rfc3339(),
            ended_at: burst.ended_at.to_rfc3339(),
            person: Somebody { id: burst.principal.0, name: burst.name },
            link_id,
        }
    }
}

/// Who changed a note when, oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct TimelineAnswer {
    items: Vec<BurstAnswer>,
    /// `after` of the next part; `null` at the end.
    next_after: Option<u64>,
}

/// Who changed the note when, and through which link, in bursts.
#[utoipa::path(get, path = "/api/v1/documents/{id}/timeline", tag = "history", params(("id" = Uuid, Path), TimelinePart),
    responses((status = 200, body = TimelineAnswer, headers(("Link" = String, description = "The next part, if there is one"))), Refusals))]
pub(super) async fn timeline(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    Query(part): Query<TimelinePart>,
) -> Result<Listed<TimelineAnswer>, ApiError> {
    let limit = part.limit.unwrap_or(DEFAULT_BURSTS);
    if !(1..=MAX_BURSTS).contains(&limit) {
        return Err(ApiError::invalid_parameter("limit", format!("is 1 to {MAX_BURSTS}")));
    }
    let timeline = app.history.timeline(&caller, DocumentId(id), part.after, limit).await?;
    let items = timeline.bursts.into_iter().map(BurstAnswer::from).collect();
    let next_after = timeline.next_after;
    let next = next_after.map(|after| ("after", after.to_string()));
    Ok(Listed { page: TimelineAnswer { items, next_after }, next })
}

/// Make the note say again what it said then. What others type meanwhile stays.
#[utoipa::path(post, path = "/api/v1/documents/{id}/restore", tag = "history", params(("id" = Uuid, Path)),
    request_body = Then, responses((status = 200, body = Edited), Refusals))]
pub(super) async fn restore(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    Body(then): Body<Then>,
) -> Result<Json<Edited>, ApiError> {
    let moment = then
        .moment()?
        .ok_or_else(|| ApiError::invalid("give the `seq` or the time (`at`) to go back to"))?;
    let seq = app.history.restore(&caller, DocumentId(id), moment).await?;
    Ok(Json(EditedContent { seq }.into()))
}

/// Which updates are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdatesPart {
    /// Updates after this seq.
    after: Option<u64>,
    /// What this Yjs v1 state vector (base64url) lacks, whole.
    vector: Option<String>,
    /// Updates that hold clocks of this Yjs client id,
    client: Option<u64>,
    /// from this one
    from: Option<u32>,
    /// to before this one.
    to: Option<u32>,
    /// At least one update, then up to so many bytes, at most 4 MiB.
    max_bytes: Option<usize>,
}

impl UpdatesPart {
    fn selection(&self) -> Result<Selection, ApiError> {
        let after = self.after.unwrap_or(0);
        match (&self.vector, self.client) {
            (None, None) if self.from.or(self.to).is_none() => Ok(Selection::After(after)),
            (None, Some(client)) => {
                let (from, to) = (self.from.unwrap_or(0), self.to.unwrap_or(u32::MAX));
                Ok(Selection::Clocks { client, from, to, after })
            }
            (Some(vector), None) if self.after.is_none() => {
                let vector = URL_SAFE_NO_PAD.decode(vector.trim_end_matches('='));
                let vector = vector.map_err(|_| ApiError::invalid("`vector` is base64url"))?;
                Ok(Selection::Missing(vector.into()))
            }
            _ => Err(ApiError::invalid(
                "give `after`, or `vector`, or `client` with `from` and `to`",
            )),
        }
    }
}

/// A part of the note's updates, merged into one.
#[utoipa::path(get, path = "/api/v1/documents/{id}/updates", tag = "history", params(("id" = Uuid, Path), UpdatesPart),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.yjs.update", headers(
        ("Sticky-Last-Seq" = u64, description = "What was looked at ends here: ask again `after` it when it is below the head"),
        ("Sticky-Head-Seq" = u64, description = "The note's newest seq"))), Refusals))]
pub(super) async fn updates(
    State(app): State<App>,
    Known(caller): Known,
    Path(id): Path<Uuid>,
    Query(part): Query<UpdatesPart>,
) -> Result<Response, ApiError> {
    let max_bytes = part.max_bytes.unwrap_or(DEFAULT_BYTES);
    if !(1..=MAX_BYTES).contains(&max_bytes) {
        return Err(ApiError::invalid_parameter("max_bytes", format!("is 1 to {MAX_BYTES}")));
    }
    let excerpt =
        app.history.excerpt(&caller, DocumentId(id), part.selection()?, max_bytes).await?;
    Ok(answer(excerpt))
}

fn answer(Excerpt { update, last_seq, head }: Excerpt) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.yjs.update".to_owned()),
        (header::HeaderName::from_static("sticky-last-seq"), last_seq.to_string()),
        (header::HeaderName::from_static("sticky-head-seq"), head.to_string()),
    ];
    (headers, update).into_response()
}
