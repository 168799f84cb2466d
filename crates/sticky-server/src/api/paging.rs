//! Lists that come in pages: where the next one is, is also said in `Link` (RFC 8288).

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use utoipa::IntoParams;
use uuid::Uuid;

use super::ApiError;

const DEFAULT_SIZE: u32 = 100;
const MAX_SIZE: u32 = 1_000;

/// A page of a list, and which value of which parameter asks for the next.
pub(crate) struct Listed<T> {
    pub(crate) page: T,
    pub(crate) next: Option<(&'static str, String)>,
}

/// Which part of a list in the order of ids.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ById {
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<Uuid>,
    /// Rows per page, from 1 to 1,000; 100 if not given.
    pub(crate) page_size: Option<u32>,
}

impl ById {
    /// One more than the page takes: it says whether there are more.
    pub(crate) fn limit(&self) -> Result<u32, ApiError> {
        let size = self.page_size.unwrap_or(DEFAULT_SIZE);
        match (1..=MAX_SIZE).contains(&size) {
            true => Ok(size + 1),
            false => Err(ApiError::invalid_parameter("page_size", format!("is 1 to {MAX_SIZE}"))),
        }
    }
}

/// Takes from the rows of so large a `limit` what is of the next page; the id of the last that stays, if there is one.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: u32, id: impl Fn(&T) -> Uuid) -> Option<String> {
    let size = limit as usize - 1;
    let goes_on = rows.len() > size;
    rows.truncate(size);
    rows.last().filter(|_| goes_on).map(|last| id(last).to_string())
}

/// The parameter that asks for the next page.
#[derive(Debug, Clone)]
struct NextPage(&'static str, String);

impl<T: Serialize> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.page).into_response();
        if let Some((name, value)) = self.next {
            response.extensions_mut().insert(NextPage(name, value));
        }
        response
    }
}

/// Says in `Link` where the next page is: the same address with another parameter.
pub(crate) async fn link_pages(request: Request, next: Next) -> Response {
    let here = request.uri().clone();
    let mut response = next.run(request).await;
    if let Some(next) = response.extensions_mut().remove::<NextPage>()
        && let Ok(link) =
            HeaderValue::try_from(format!("<{}>; rel=\"next\"", address(&here, &next)))
    {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

fn address(here: &Uri, NextPage(name, value): &NextPage) -> String {
    let query = form_urlencoded::parse(here.query().unwrap_or_default().as_bytes());
    // A page is asked for by number or by cursor.
    let kept = query.filter(|(key, _)| key != name && key != "page");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept).append_pair(name, value);
    format!("{}?{}", here.path(), query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_likewise() {
        let next = |here: &'static str| {
            address(&Uri::from_static(here), &NextPage("cursor", "AB_-".to_owned()))
        };
        assert_eq!(next("/api/v1/documents"), "/api/v1/documents?cursor=AB_-");
        assert_eq!(next("/x?query=a%20%26b&page=3&cursor=old"), "/x?query=a+%26b&cursor=AB_-");
    }
}
