//! Lists of notes.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sticky_domain::id::PrincipalId;
use sticky_domain::port::{ListFilter, ListedDocument, Order, PageAt, SortBy};
use sticky_domain::time::Timestamp;
use sticky_domain::usecase::{List, ListDocuments, Listing};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Refusals, Somebody};
use super::documents::DocumentAnswer;
use super::extract::Query;
use super::paging::Listed;
use super::place::Place;
use super::{ApiError, cursor};
use crate::app::App;
use crate::auth::Known;

const DEFAULT_PAGE_SIZE: u32 = 50;
const MAX_PAGE_SIZE: u32 = 100;
/// How far page numbers reach; beyond it a cursor costs less.
const MAX_NUMBERED_ROWS: u32 = 10_000;

/// A page of notes.
#[derive(Serialize, ToSchema)]
pub(super) struct DocumentsAnswer {
    items: Vec<ListedAnswer>,
    /// `null` when the page was asked for by cursor.
    page: Option<u32>,
    page_size: u32,
    /// How many there are in all; `null` when the page was asked for by cursor.
    total: Option<u64>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
}

/// A note of a list, and whose it is.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedAnswer {
    #[serde(flatten)]
    document: DocumentAnswer,
    created_by: Option<Somebody>,
    /// Who shared it with the caller; `null` where nobody else did.
    shared_by: Option<Somebody>,
}

/// Which notes, and which page of them. Something left empty counts as not given.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Which list: `all` (the caller's own and those shared with them), `owned`, `shared`, `project` or `trash`; `all` if
    /// not given.
    #[serde(rename = "in")]
    #[param(rename = "in")]
    list: Option<String>,
    /// Part of the title, in any case.
    query: Option<String>,
    /// Whether to list what is in the trash, too: `true` or `false`.
    include_deleted: Option<String>,
    /// Only what this one made.
    created_by: Option<String>,
    /// Only what this one shared with the caller.
    shared_by: Option<String>,
    /// Only what is shared with this person or group, too. Of notes that the caller does not own only if it was shared by
    /// or with them.
    shared_with: Option<String>,
    /// Only what the caller owns and what has a link with this label that is not turned off.
    label: Option<String>,
    /// Only what changed then or later; RFC 3339.
    modified_since: Option<String>,
    /// `modified`, `created_at`, `created_by` or `title`; `modified` if not given.
    sort: Option<String>,
    /// `asc` or `desc`; times begin with the newest, the rest with the first, if not given.
    order: Option<String>,
    /// The n-th page, from 1. Reaches 10,000 notes.
    page: Option<String>,
    /// Notes per page, from 1 to 100; 50 if not given.
    page_size: Option<String>,
    /// `next_cursor` of the page before, in the same order; not together with `page`.
    cursor: Option<String>,
}

/// The caller's notes, the newest change first.
#[utoipa::path(get, path = "/api/v1/documents", tag = "documents", params(ListQuery),
    responses((status = 200, body = DocumentsAnswer, headers(("Link" = String, description = "The next page, if there is one"))), Refusals))]
pub(super) async fn list(
    State(app): State<App>,
    Known(caller): Known,
    Query(query): Query<ListQuery>,
) -> Result<Listed<DocumentsAnswer>, ApiError> {
    let request = query.request()?;
    let asked = Asked::of(&request);
    Ok(asked.answered(app.listings.list(&caller, request).await?))
}

/// How a page was asked for.
pub(super) struct Asked {
    order: Order,
    page: Option<u32>,
    size: u32,
}

impl Asked {
    pub(super) fn of(request: &ListDocuments) -> Self {
        let page = match request.at {
            PageAt::Number(number) => Some(number),
            PageAt::After(_) => None,
        };
        Self { order: request.order, page, size: request.size }
    }

    pub(super) fn answered(self, found: Listing) -> Listed<DocumentsAnswer> {
        let Listing { page: found, names } = found;
        let next_cursor = found.next.map(|next| cursor::encode(self.order, &next));
        let next = next_cursor.clone().map(|cursor| ("cursor", cursor));
        let page = DocumentsAnswer {
            items: found.items.into_iter().map(|note| ListedAnswer::of(note, &names)).collect(),
            page: self.page,
            page_size: self.size,
            total: found.total,
            next_cursor,
        };
        Listed { page, next }
    }
}

impl ListedAnswer {
    fn of(note: ListedDocument, names: &HashMap<PrincipalId, String>) -> Self {
        let somebody = |id: PrincipalId| Some(Somebody { id: id.0, name: names.get(&id)?.clone() });
        Self {
            document: note.row.into(),
            created_by: note.created_by.and_then(somebody),
            shared_by: note.shared_by.and_then(somebody),
        }
    }
}

impl ListQuery {
    pub(super) fn request(self) -> Result<ListDocuments, ApiError> {
        let size = number("page_size", given(self.page_size.as_deref()))?;
        let size = size.unwrap_or(DEFAULT_PAGE_SIZE);
        if size > MAX_PAGE_SIZE {
            let detail = format!("is at most {MAX_PAGE_SIZE}");
            return Err(ApiError::invalid_parameter("page_size", detail));
        }
        let order = self.order()?;
        let (page, cursor) = (given(self.page.as_deref()), given(self.cursor.as_deref()));
        Ok(ListDocuments {
            list: one_of("in", given(self.list.as_deref()), &LISTS)?.unwrap_or(List::All),
            include_deleted: truth(given(self.include_deleted.as_deref()))?,
            filter: self.filter()?,
            at: page_at(page, cursor, size, order)?,
            query: self.query.unwrap_or_default(),
            order,
            size,
        })
    }

    fn order(&self) -> Result<Order, ApiError> {
        let by = one_of("sort", given(self.sort.as_deref()), &SORTS)?.unwrap_or(SortBy::Modified);
        let descending = one_of("order", given(self.order.as_deref()), &DIRECTIONS)?;
        let newest_first = matches!(by, SortBy::Modified | SortBy::Created);
        Ok(Order { by, descending: descending.unwrap_or(newest_first) })
    }

    fn filter(&self) -> Result<ListFilter, ApiError> {
        let since = given(self.modified_since.as_deref());
        let time = |text| {
            let no_time = || ApiError::invalid_parameter("modified_since", "is no RFC 3339 time");
            Timestamp::from_rfc3339(text).ok_or_else(no_time)
        };
        Ok(ListFilter {
            created_by: id("created_by", given(self.created_by.as_deref()))?,
            shared_by: id("shared_by", given(self.shared_by.as_deref()))?,
            shared_with: id("shared_with", given(self.shared_with.as_deref()))?,
            // No label has a control character.
            label: given(self.label.as_deref()).map(printable),
            modified_since: since.map(time).transpose()?,
        })
    }
}

const LISTS: [(&str, List); 5] = [
    ("all", List::All),
    ("owned", List::Owned),
    ("shared", List::Shared),
    ("project", List::Project),
    ("trash", List::Trash),
];

const SORTS: [(&str, SortBy); 4] = [
    ("modified", SortBy::Modified),
    ("created_at", SortBy::Created),
    ("created_by", SortBy::Creator),
    ("title", SortBy::Title),
];

const DIRECTIONS: [(&str, bool); 2] = [("asc", false), ("desc", true)];

/// The meaning of a word.
fn one_of<T: Copy>(
    name: &str,
    word: Option<&str>,
    known: &[(&str, T)],
) -> Result<Option<T>, ApiError> {
    let Some(word) = word else { return Ok(None) };
    match known.iter().find(|(known, _)| *known == word) {
        Some((_, meaning)) => Ok(Some(*meaning)),
        None => {
            let words: Vec<&str> = known.iter().map(|(known, _)| *known).collect();
            Err(ApiError::invalid_parameter(name, format!("is one of {}", words.join(", "))))
        }
    }
}

fn id<T: FromStr<Err: Display>>(name: &str, text: Option<&str>) -> Result<Option<T>, ApiError> {
    text.map(str::parse).transpose().map_err(|_| ApiError::invalid_parameter(name, "is no id"))
}

fn printable(label: &str) -> String {
    label.replace(char::is_control, "\u{fffd}")
}

pub(super) fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.is_empty())
}

pub(super) fn number(name: &str, text: Option<&str>) -> Result<Option<u32>, ApiError> {
    let Some(text) = text else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if number >= 1 => Ok(Some(number)),
        _ => Err(ApiError::invalid_parameter(name, "is a whole number from 1")),
    }
}

fn truth(text: Option<&str>) -> Result<bool, ApiError> {
    match text {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(ApiError::invalid_parameter("include_deleted", "is true or false")),
    }
}

fn page_at(
    page: Option<&str>,
    cursor: Option<&str>,
    size: u32,
    order: Order,
) -> Result<PageAt, ApiError> {
    match (page, cursor) {
        (Some(_), Some(_)) => {
            Err(ApiError::invalid_parameter("cursor", "give a page or a cursor, not both"))
        }
        (None, Some(cursor)) => {
            let refused =
                || ApiError::invalid_parameter("cursor", "is no cursor of a list in this order");
            cursor::decode(order, cursor).map(PageAt::After).ok_or_else(refused)
        }
        (page, None) => {
            let page = number("page", page)?.unwrap_or(1);
            if page.saturating_mul(size) > MAX_NUMBERED_ROWS && page > 1 {
                let detail = format!("pages reach {MAX_NUMBERED_ROWS} notes; go on by next_cursor");
                let place = Place::Query("page".to_owned());
                return Err(ApiError::InvalidAt { place, code: "use_cursor", detail });
            }
            Ok(PageAt::Number(page))
        }
    }
}
