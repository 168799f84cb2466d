//! What people open in a browser, and what chats show of it before that.

mod bundle;
mod cards;
mod embed;
mod head;
mod preview;
mod share;
mod shell;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::app::App;

pub(crate) use cards::Cards;

/// The routes of pages and their files.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/", get(application))
        .route("/d/{id}", get(application))
        .route("/sign-in", get(application))
        .route("/sign-up", get(application))
        .route("/keep", get(application))
        .route("/account", get(application))
        .route("/groups", get(application))
        .route("/s/{token}", get(share::page))
        .route("/s/{token}/{picture}", get(preview::show))
        .route("/embed/{name}", get(embed::page))
        .route("/assets/{*path}", get(bundle::asset))
        .route("/favicon.svg", get(bundle::favicon))
}

/// Whether there is an application to serve.
pub(crate) fn is_built() -> bool {
    bundle::file("index.html").is_some()
}

/// The application, which finds out for itself where it is.
async fn application() -> Response {
    shell::page(StatusCode::OK, "", "")
}
