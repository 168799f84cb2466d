//! DNS rebinding: in local-dev, a page of another site must not reach us under its own name.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::api::ApiError;
use crate::app::App;

/// In local-dev, answers only requests for this computer's own names.
pub(crate) async fn refuse_foreign_hosts(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    if app.config.local_dev && !asks_for_loopback(&request) {
        return ApiError::HostRefused.into_response();
    }
    next.run(request).await
}

fn asks_for_loopback(request: &Request) -> bool {
    request.uri().host().is_none_or(is_loopback_name) && has_loopback_host(request.headers())
}

fn has_loopback_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    host.is_some_and(is_loopback_host) && hosts.next().is_none()
}

/// Whether `host`, with or without a port, names this computer.
pub(super) fn is_loopback_host(host: &str) -> bool {
    match host.rsplit_once(':') {
        Some((name, port))
            if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            is_loopback_name(name)
        }
        _ => is_loopback_name(host),
    }
}

fn is_loopback_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_three_names_of_this_computer() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]", "[::1]:8080"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io:8080",
            "127.0.0.2",
            "localhost:",
            "::1",
            "localhost:80:80",
        ] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
