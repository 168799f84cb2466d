//! Conditional requests (RFC 9110, section 13): what is there is named by an ETag.

use std::fmt;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sticky_domain::usecase::Refusal;

use super::ApiError;

/// A strong entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(String);

impl Tag {
    /// Of a text: its seq.
    pub(super) fn of_content(seq: u64) -> Self {
        Self(seq.to_string())
    }

    /// Of a note without its text. Its title and its dates may follow the text, so the text counts, too.
    pub(super) fn of_document(version: u64, head: u64) -> Self {
        Self(format!("{version}.{head}"))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// An answer about something that has a tag.
pub(super) struct Tagged<T>(pub(super) Tag, pub(super) T);

impl<T: IntoResponse> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, self.0.to_string())], self.1).into_response()
    }
}

/// What `If-Match` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct IfMatch(Option<Vec<String>>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self::of(&parts.headers))
    }
}

impl IfMatch {
    fn of(headers: &HeaderMap) -> Self {
        let named = listed(headers, header::IF_MATCH);
        // A weak tag never matches here: it does not name one exact state.
        let exact = |tag: &String| tag.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
        match named.is_empty() || named.iter().any(|tag| tag == "*") {
            true => Self(None),
            false => Self(Some(named.iter().filter_map(exact).collect())),
        }
    }

    /// The seq of the text that is meant; `None` when any will do.
    pub(super) fn seq(&self) -> Result<Option<u64>, Refusal> {
        self.number(|tag| tag.parse().ok())
    }

    /// The version of the metadata that is meant. People who only type do not get in the way of a new title.
    pub(super) fn version(&self) -> Result<Option<u64>, Refusal> {
        self.number(|tag| tag.split_once('.')?.0.parse().ok())
    }

    /// Of several, the newest: an older state cannot come back.
    fn number(&self, read: impl Fn(&str) -> Option<u64>) -> Result<Option<u64>, Refusal> {
        let Some(tags) = &self.0 else {
            return Ok(None);
        };
        let newest = tags.iter().filter_map(|tag| read(tag)).max();
        newest.map(Some).ok_or(Refusal::PreconditionFailed)
    }
}

/// Answers 304 where the caller has what would be sent.
pub(crate) async fn spare_what_is_known(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = if reads { listed(request.headers(), header::IF_NONE_MATCH) } else { Vec::new() };
    let response = next.run(request).await;
    match response.headers().get(header::ETAG) {
        Some(tag) if response.status() == StatusCode::OK && knows(&known, tag) => {
            let (mut parts, _) = response.into_parts();
            parts.status = StatusCode::NOT_MODIFIED;
            parts.headers.remove(header::CONTENT_TYPE);
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, axum::body::Body::empty())
        }
        _ => response,
    }
}

fn knows(known: &[String], tag: &HeaderValue) -> bool {
    let strong = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    let tag = tag.to_str().map(strong);
    known.iter().any(|known| known == "*" || tag.as_ref().is_ok_and(|tag| strong(known) == *tag))
}

/// The parts of a header that is a list. Our tags hold no comma.
fn listed(headers: &HeaderMap, name: HeaderName) -> Vec<String> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    let parts = values.flat_map(|value| value.split(',')).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(value: &'static str) -> IfMatch {
        IfMatch::of(&HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(value))]))
    }

    #[test]
    fn what_must_be_there_still() {
        assert_eq!(IfMatch::of(&HeaderMap::new()).seq(), Ok(None));
        assert_eq!(if_match("*").seq(), Ok(None));
        assert_eq!(if_match("\"7\"").seq(), Ok(Some(7)));
        assert_eq!(if_match("\"3\", \"7\"").seq(), Ok(Some(7)));
        assert_eq!(if_match("\"4.17\"").version(), Ok(Some(4)));
        for never in ["W/\"7\"", "7", "\"x\"", "\"\""] {
            assert_eq!(if_match(never).seq(), Err(Refusal::PreconditionFailed), "{never}");
        }
    }

    #[test]
    fn what_is_known_already() {
        let knows = |known: &str| knows(&[known.to_owned()], &HeaderValue::from_static("\"7\""));
        assert!(knows("*") && knows("\"7\"") && knows("W/\"7\""));
        assert!(!knows("\"8\"") && !knows("7"));
    }
}
