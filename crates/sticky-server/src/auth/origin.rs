//! Cross-site requests: a browser says which page sends them.

use axum::http::{HeaderMap, header};

use super::host::is_loopback_host;
use crate::api::ApiError;
use crate::app::App;

/// What the request says of the page that sent it. Not a browser when it says nothing.
pub(crate) fn sent_origin(headers: &HeaderMap) -> Option<&[u8]> {
    headers.get(header::ORIGIN).map(|value| value.as_bytes())
}

/// Whether `origin` is a page of ours. In local-dev that is also the address, of this computer, that was asked for.
fn is_ours(app: &App, headers: &HeaderMap, origin: &[u8]) -> bool {
    if origin == app.public_url.origin().as_bytes() {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    app.config.local_dev
        && host.is_some_and(|host| {
            is_loopback_host(host) && origin == format!("http://{host}").as_bytes()
        })
}

/// Refuses what a page of another site sends. `needed`: refuses what does not say where it comes from, too.
pub(crate) fn require_ours(app: &App, headers: &HeaderMap, needed: bool) -> Result<(), ApiError> {
    match sent_origin(headers) {
        Some(origin) if is_ours(app, headers, origin) => Ok(()),
        None if !needed => Ok(()),
        _ => Err(ApiError::OriginRefused),
    }
}
