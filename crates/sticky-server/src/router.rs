//! Every door of the process and what all of them have in common.

use std::any::Any;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::{self, ApiError};
use crate::app::App;
use crate::{auth, headers, health, page, socket, trace};

/// The whole HTTP service.
pub fn router(app: App) -> Router {
    // Around the routes, because what it does to the path decides which of them is meant.
    Router::new().fallback_service(routes(app)).layer(from_fn(auth::take_project_from_path))
}

fn routes(app: App) -> Router {
    let open = Router::new()
        .merge(api::router(&app))
        .merge(socket::router())
        .merge(page::router())
        .layer(from_fn_with_state(app.clone(), auth::charge_strangers));
    Router::new()
        .merge(health::router())
        .merge(open)
        .fallback(api::no_route)
        .method_not_allowed_fallback(api::no_method)
        .layer(DefaultBodyLimit::max(api::BODY_LIMIT))
        .layer(from_fn_with_state(app.clone(), auth::refuse_foreign_hosts))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(app.clone(), trace::follow))
        .with_state(app)
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("no message").to_owned(),
    };
    tracing::error!(message, "a request panicked");
    ApiError::Panicked.into_response()
}
