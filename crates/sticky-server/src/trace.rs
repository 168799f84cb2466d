//! One request through the log: its id, the trace that it is part of, and one line when it is done.

use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;
use crate::{api, metrics};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_REQUEST_ID: usize = 64;

/// What ties the events that a request records to the request: the trace that it says to be part of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Correlation(pub(crate) Option<Uuid>);

impl<S: Sync> FromRequestParts<S> for Correlation {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(None)))
    }
}

/// Logs and counts a request. The path is logged as its route, because a path may hold a link's token.
pub(crate) async fn follow(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = sent_id(request.headers()).unwrap_or_else(|| app.ids.id().to_string());
    let trace = trace_id(request.headers());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get()
        .map_or("unmatched".to_owned(), |route: &MatchedPath| route.as_str().to_owned());
    request.extensions_mut().insert(Correlation(trace.or_else(|| id.parse().ok())));
    let span = tracing::info_span!("request", request_id = id, trace_id = tracing::field::Empty);
    if let Some(trace) = trace {
        span.record("trace_id", tracing::field::display(trace.simple()));
    }
    let doc_id = document_in(request.uri().path());
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    metrics::request(&method, &route, status, took);
    let took_ms = took.as_secs_f64() * 1_000.0;
    let doc_id = doc_id.map(tracing::field::display);
    span.in_scope(|| tracing::info!(%method, route, status, took_ms, doc_id, "request"));
    api::write_out(&mut response, &id);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The id that a proxy gave the request, if it is one that can be logged.
fn sent_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let fits = (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.bytes().all(plain);
    fits.then(|| id.to_owned())
}

/// The trace of a W3C `traceparent`.
fn trace_id(headers: &HeaderMap) -> Option<Uuid> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    if version.len() != 2 || version == "ff" || trace.len() != 32 {
        return None;
    }
    Uuid::try_parse(trace).ok().filter(|trace| !trace.is_nil())
}

/// The note that an address is about. Its id is public; what else a path holds may not be.
fn document_in(path: &str) -> Option<Uuid> {
    let mut parts =
        path.split('/').skip_while(|part| !matches!(*part, "documents" | "collab" | "d"));
    parts.nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn only_ids_that_can_be_logged_are_taken_over() {
        assert_eq!(sent_id(&header("x-request-id", "a-1_b.2")), Some("a-1_b.2".to_owned()));
        assert_eq!(sent_id(&header("x-request-id", "a b")), None);
        assert_eq!(sent_id(&header("x-request-id", "")), None);
    }

    #[test]
    fn the_trace_of_a_traceparent() {
        let trace = |value| trace_id(&header("traceparent", value)).is_some();
        assert!(trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        for refused in
            ["", "00", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-xyz"]
        {
            assert!(!trace(refused), "{refused}");
        }
    }

    #[test]
    fn a_note_is_logged_and_a_token_is_not() {
        let id = "0198c0de-0000-7000-8000-000000000001";
        assert!(document_in(&format!("/api/v1/documents/{id}/content")).is_some());
        assert!(document_in(&format!("/collab/{id}")).is_some());
        assert!(document_in("/s/AQAAAA").is_none());
    }
}
