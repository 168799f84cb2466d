//! Those who show nothing are told apart by their address.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::{browser_cookie, is_safe};
use crate::address::ClientAddress;
use crate::api::ApiError;
use crate::app::App;
use crate::limit::{BAD_CREDENTIAL, READ, WRITE};

/// Charges the address of whoever shows nothing, and of whoever shows what is not valid.
pub(crate) async fn charge_strangers(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    request: Request,
    next: Next,
) -> Response {
    let Some(address) = address else {
        return next.run(request).await;
    };
    let cost = if is_safe(request.method()) { READ } else { WRITE };
    if !shows_something(&app, request.headers())
        && let Err(exceeded) = app.limits.address(address, cost)
    {
        return ApiError::from(exceeded).into_response();
    }
    let response = next.run(request).await;
    match response.status() {
        StatusCode::UNAUTHORIZED => match app.limits.address(address, BAD_CREDENTIAL) {
            Ok(()) => response,
            Err(exceeded) => ApiError::from(exceeded).into_response(),
        },
        _ => response,
    }
}

fn shows_something(app: &App, headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) || browser_cookie(app, headers).is_some()
}
