//! Whether the process lives, and whether it should be sent work.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;

use crate::api::ApiError;
use crate::app::App;
use crate::metrics;

/// How long the database may take to answer a probe.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(numbers))
}

async fn live() -> &'static str {
    "ok\n"
}

async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    if app.lifecycle.is_stopping() {
        return Err(ApiError::Stopping);
    }
    let position = app.ports.events.position(Lane::Control);
    match tokio::time::timeout(PATIENCE, position).await {
        Ok(position) => position.map(|_| "ready\n").map_err(ApiError::from),
        Err(_) => Err(StoreError::Unavailable("it does not answer".to_owned()).into()),
    }
}

async fn numbers(State(app): State<App>) -> Response {
    look_at_projections(&app).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render(&app))
        .into_response()
}

/// A database that does not answer keeps nobody from the other numbers.
async fn look_at_projections(app: &App) {
    if let Ok(Ok(all)) = tokio::time::timeout(PATIENCE, app.projector.status()).await {
        all.iter().filter(|status| status.live).for_each(metrics::projection);
    }
}
