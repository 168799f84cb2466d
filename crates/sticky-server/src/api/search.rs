//! Finding notes by what they say.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sticky_domain::port::Within;
use sticky_domain::search::Piece;
use sticky_domain::usecase::Hit;
use utoipa::{IntoParams, ToSchema};

use super::ApiError;
use super::answer::Refusals;
use super::documents::DocumentAnswer;
use super::extract::Query;
use super::lists::{given, number};
use crate::app::App;
use crate::auth::Known;

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 50;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// Words, or beginnings of words, that must all be there; at most 256 characters. Signs mean nothing.
    #[param(example = "shopping milk")]
    q: Option<String>,
    /// At most so many notes, from 1 to 50; 20 if not given.
    limit: Option<String>,
}

/// Notes that were found, the best first.
#[derive(Serialize, ToSchema)]
pub(super) struct SearchAnswer {
    items: Vec<HitAnswer>,
}

/// A note that was found.
#[derive(Serialize, ToSchema)]
pub(super) struct HitAnswer {
    #[serde(flatten)]
    document: DocumentAnswer,
    /// Where it says what was looked for: `title`, `text`, or `near_title` with a typo.
    #[schema(example = "text")]
    found_in: &'static str,
    /// The place of the text where it is said, in pieces.
    snippet: Vec<PieceAnswer>,
}

/// A piece of a snippet.
#[derive(Serialize, ToSchema)]
pub(super) struct PieceAnswer {
    text: String,
    /// Whether this is what was looked for.
    hit: bool,
}

/// Find notes among those that the caller has: by words of their titles, typos forgiven, and of their texts.
#[utoipa::path(get, path = "/api/v1/search", tag = "documents", params(SearchQuery),
    responses((status = 200, body = SearchAnswer), Refusals))]
pub(super) async fn search(
    State(app): State<App>,
    Known(caller): Known,
    Query(query): Query<SearchQuery>,
) -> Result<Json<SearchAnswer>, ApiError> {
    let limit = number("limit", given(query.limit.as_deref()))?.unwrap_or(DEFAULT_LIMIT);
    if limit > MAX_LIMIT {
        return Err(ApiError::invalid_parameter("limit", format!("is at most {MAX_LIMIT}")));
    }
    let hits = app.finding.find(&caller, &query.q.unwrap_or_default(), limit as usize).await?;
    Ok(Json(SearchAnswer { items: hits.into_iter().map(HitAnswer::from).collect() }))
}

impl From<Hit> for HitAnswer {
    fn from(hit: Hit) -> Self {
        Self {
            document: hit.row.into(),
            found_in: match hit.within {
                Within::Title => "title",
                Within::Everything => "text",
                Within::NearTitle => "near_title",
            },
            snippet: hit.snippet.into_iter().map(PieceAnswer::from).collect(),
        }
    }
}

impl From<Piece> for PieceAnswer {
    fn from(Piece { text, hit }: Piece) -> Self {
        Self { text, hit }
    }
}
