//! Whom a link has let in. Owners only.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use sticky_domain::access::Recipient;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId};
use sticky_domain::port::LinkGuestRow;
use sticky_domain::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::Refusals;
use super::extract::{Path, Query};
use super::paging::{ById, Listed, cut};
use super::sharing::RecipientAnswer;
use crate::app::App;
use crate::auth::Known;
use crate::trace::Correlation;

/// Someone whom a link has let in.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkGuestAnswer {
    person: RecipientAnswer,
    /// When the link let them in; RFC 3339.
    first_seen_at: String,
    /// When they last opened it or changed the note through it; RFC 3339.
    last_seen_at: String,
    /// How often they opened it; whoever comes back within an hour has not come again.
    openings: u64,
    /// How many changes they made through it.
    edits: u64,
    /// Since when an owner keeps them out; RFC 3339.
    removed_at: Option<String>,
}

/// Whom a link has let in, those who have come first first.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkGuestsAnswer {
    items: Vec<LinkGuestAnswer>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
}

/// Whom a link has let in: guests, and users who opened it.
#[utoipa::path(get, path = "/api/v1/documents/{id}/links/{link_id}/guests", tag = "links",
    params(("id" = Uuid, Path), ("link_id" = Uuid, Path), ById),
    responses((status = 200, body = LinkGuestsAnswer, headers(("Link" = String, description = "The next page, if there is one"))), Refusals))]
pub(super) async fn guests(
    State(app): State<App>,
    Known(caller): Known,
    Path((id, link)): Path<(Uuid, Uuid)>,
    Query(by_id): Query<ById>,
) -> Result<Listed<LinkGuestsAnswer>, ApiError> {
    let (link, limit) = ((DocumentId(id), LinkId(link)), by_id.limit()?);
    let after = by_id.cursor.map(PrincipalId);
    let mut rows = app.link_guests.list(&caller, link, after, limit).await?;
    let next_cursor = cut(&mut rows, limit, |row| row.principal.0);
    let next = next_cursor.clone().map(|next| ("cursor", next));
    let items = rows.into_iter().map(LinkGuestAnswer::from).collect();
    Ok(Listed { page: LinkGuestsAnswer { items, next_cursor }, next })
}

/// Take away from one of them what the link gives. They are off the note at once, and the link does not let them in again;
/// others it does. A second time changes nothing.
#[utoipa::path(delete, path = "/api/v1/documents/{id}/links/{link_id}/guests/{guest_id}", tag = "links",
    params(("id" = Uuid, Path), ("link_id" = Uuid, Path), ("guest_id" = Uuid, Path)),
    responses((status = 204), Refusals))]
pub(super) async fn remove_guest(
    State(app): State<App>,
    Known(caller): Known,
    Correlation(correlation): Correlation,
    Path((id, link, guest)): Path<(Uuid, Uuid, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let link = (DocumentId(id), LinkId(link));
    app.link_guests.remove(&caller, link, PrincipalId(guest), correlation).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<LinkGuestRow> for LinkGuestAnswer {
    fn from(row: LinkGuestRow) -> Self {
        let last_seen = row.used.last_at().max(Some(row.redeemed_at));
        let recipient = Recipient::Principal(row.principal);
        Self {
            person: RecipientAnswer::new(recipient, Some(row.kind), Some(row.name), Some(row.root))
                .who_has_left(row.deleted),
            first_seen_at: row.redeemed_at.to_rfc3339(),
            last_seen_at: last_seen.unwrap_or(row.redeemed_at).to_rfc3339(),
            openings: row.used.openings,
            edits: row.used.edits,
            removed_at: row.removed_at.map(Timestamp::to_rfc3339),
        }
    }
}
