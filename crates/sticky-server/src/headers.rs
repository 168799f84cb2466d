//! What every answer says to browsers.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

/// Scripts, styles and sockets of our own and nothing else; who may frame it comes last.
const CSP: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
    font-src 'self'; img-src 'self' data:; manifest-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors ";
const NOBODY: &str = "'none'";

const ALWAYS: [(HeaderName, &str); 2] =
    [(X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")];

/// The content security policy of a page that these origins may show in a frame.
pub(crate) fn policy(ancestors: &str) -> HeaderValue {
    HeaderValue::try_from(format!("{CSP}{ancestors}")).expect("origins are ASCII")
}

/// Adds the headers that an answer does not set itself.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path.starts_with("/api/") || request.method() == Method::POST;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert_with(|| policy(NOBODY));
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_api {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
