//! Lists that come in pages: where the next one is, is also said in `Link` (RFC 8288).

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use url::form_urlencoded;

/// A page of a list, and which value of which parameter asks for the next.
pub(crate) struct Listed<T> {
    pub(crate) page: T,
    pub(crate) next: Option<(&'static str, String)>,
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
