//! The web bundle: embedded in release builds, read from `web/dist` in debug builds, absent until it is built.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::api::ApiError;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Bundle;

/// Names of assets carry the hash of what they hold.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FOR_A_DAY: &str = "public, max-age=86400";

/// A file of the bundle.
pub(super) fn file(path: &str) -> Option<EmbeddedFile> {
    Bundle::get(path)
}

/// Files below `fonts/`, in their order by name.
pub(super) fn fonts() -> impl Iterator<Item = (String, EmbeddedFile)> {
    let mut names: Vec<_> = Bundle::iter().filter(|name| name.starts_with("fonts/")).collect();
    names.sort_unstable();
    names.into_iter().filter_map(|name| Some((name.to_string(), Bundle::get(&name)?)))
}

pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    serve(&format!("assets/{path}"), FOR_EVER, &headers)
}

pub(super) async fn favicon(headers: HeaderMap) -> Response {
    serve("favicon.svg", FOR_A_DAY, &headers)
}

fn serve(path: &str, cache: &'static str, headers: &HeaderMap) -> Response {
    let Some(file) = file(path) else { return ApiError::NoRoute.into_response() };
    let tag = tag_of(&file);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let kind = with_charset(file.metadata.mimetype());
    let headers = [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::CACHE_CONTROL, cache),
        (header::ETAG, tag.as_str()),
    ];
    (headers, file.data).into_response()
}

fn tag_of(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

fn with_charset(kind: &str) -> String {
    let is_text =
        kind.starts_with("text/") || kind.ends_with("javascript") || kind.ends_with("json");
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}
