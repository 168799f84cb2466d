//! REST: `/api/v1`, thin over the use-cases.

mod accept;
mod answer;
mod content;
mod cursor;
mod docs;
mod documents;
mod extract;
mod history;
mod links;
mod me;
mod operation;
mod problem;
mod redeem;
mod session;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) use extract::{Path, Query};
pub(crate) use problem::ApiError;

/// The largest body of a request, content aside.
pub(crate) const BODY_LIMIT: usize = 2 << 20;
/// The largest text or Yjs state that can be put.
const CONTENT_LIMIT: usize = 4 << 20;

/// Every route of the API, as a list.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(docs::About::openapi())
        .routes(routes!(me::who, me::rename))
        .routes(routes!(me::open_session))
        .routes(routes!(documents::create, documents::list))
        .routes(routes!(documents::get, documents::change, documents::trash))
        .routes(routes!(session::open))
        .routes(routes!(links::create, links::list))
        .routes(routes!(links::revoke))
        .routes(routes!(redeem::redeem))
        .routes(routes!(history::timeline))
        .routes(routes!(history::restore))
        .routes(routes!(history::updates))
        .merge(content_routes())
}

fn content_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(content::read, content::put, content::patch))
        .layer(DefaultBodyLimit::max(CONTENT_LIMIT))
}

/// The routes, and the pages that describe them.
pub(crate) fn router() -> Router<App> {
    let (routes, openapi) = routes().split_for_parts();
    routes.merge(docs::router(openapi))
}

/// The description of the API.
pub(crate) fn openapi() -> OpenApi {
    routes().into_openapi()
}

pub(crate) async fn no_route() -> ApiError {
    ApiError::NoRoute
}

pub(crate) async fn no_method() -> ApiError {
    ApiError::MethodNotAllowed
}
