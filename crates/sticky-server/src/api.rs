//! REST: `/api/v1`, thin over the use-cases.

mod accept;
mod access;
mod account;
pub(crate) mod admin;
mod answer;
mod condition;
mod content;
mod conventions;
mod cursor;
mod docs;
mod documents;
mod extract;
mod groups;
mod guess;
mod guests;
mod history;
mod identities;
mod link_guests;
mod link_terms;
mod links;
mod lists;
mod login;
mod me;
mod members;
mod once;
mod operation;
mod ownerless;
mod paging;
mod permissions;
mod place;
mod problem;
mod projects;
mod providers;
mod redeem;
mod refusals;
mod remembered;
mod requests;
mod search;
mod session;
mod sharing;
mod users;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Extension, Router};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::app::App;
use crate::limit::{Cost, MUCH_READING};

pub(crate) use extract::{Path, Query};
pub(crate) use place::Place;
pub(crate) use problem::{ApiError, write_out};

/// The largest body of a request, content aside.
pub(crate) const BODY_LIMIT: usize = 2 << 20;
/// The largest text or Yjs state that can be put.
const CONTENT_LIMIT: usize = 4 << 20;

/// Laid over routes that look through much.
const DEAR: Extension<Cost> = Extension(Cost(MUCH_READING));

/// Every route of the API, as a list.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(docs::About::openapi())
        .routes(routes!(me::who, me::rename, account::leave))
        .routes(routes!(me::open_session))
        .routes(routes!(documents::create, lists::list))
        .routes(routes!(search::search).layer(DEAR))
        .routes(routes!(users::register, users::find))
        .routes(routes!(users::get, users::delete))
        .routes(routes!(login::log_in))
        .routes(routes!(login::sign_in))
        .routes(routes!(login::refresh))
        .routes(routes!(login::log_out))
        .routes(routes!(login::keys))
        .routes(routes!(providers::begin))
        .routes(routes!(providers::end))
        .routes(routes!(account::change_password))
        .routes(routes!(account::tokens, account::issue_token))
        .routes(routes!(account::revoke_token))
        .routes(routes!(identities::connected))
        .routes(routes!(identities::disconnect))
        .routes(routes!(guests::list))
        .routes(routes!(guests::promote))
        .routes(routes!(documents::get, documents::change, documents::trash))
        .routes(routes!(session::open))
        .routes(routes!(links::create, links::list))
        .routes(routes!(links::change, links::revoke))
        .routes(routes!(link_guests::guests))
        .routes(routes!(link_guests::remove_guest))
        .routes(routes!(redeem::redeem))
        .routes(routes!(requests::ask))
        .merge(people_routes())
        .routes(routes!(history::timeline).layer(DEAR))
        .routes(routes!(history::restore))
        .routes(routes!(history::updates).layer(DEAR))
        .routes(routes!(admin::stats::stats))
        .routes(routes!(admin::audit::events).layer(DEAR))
        .routes(routes!(admin::documents::list))
        .routes(routes!(admin::users::users))
        .routes(routes!(admin::users::change_user))
        .routes(routes!(admin::users::set_password))
        .routes(routes!(admin::projections::projections))
        .routes(routes!(admin::projections::rebuild))
        .merge(content_routes())
}

/// Who may do what, and who is in what.
fn people_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(permissions::list, permissions::put))
        .routes(routes!(permissions::revoke))
        .routes(routes!(permissions::transfer))
        .routes(routes!(requests::requests))
        .routes(routes!(requests::answer))
        .routes(routes!(access::explain).layer(DEAR))
        .routes(routes!(ownerless::ownerless))
        .routes(routes!(ownerless::ownerless_of_project))
        .routes(routes!(ownerless::appoint_owner))
        .routes(routes!(projects::create, projects::list))
        .routes(routes!(projects::get, projects::rename))
        .routes(routes!(members::of_project, members::put_into_project))
        .routes(routes!(members::remove_from_project))
        .routes(routes!(groups::create, groups::list))
        .routes(routes!(groups::get, groups::rename, groups::delete))
        .routes(routes!(members::of_group, members::put_into_group))
        .routes(routes!(members::remove_from_group))
}

fn content_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(content::read, content::put, content::patch))
        .layer(DefaultBodyLimit::max(CONTENT_LIMIT))
}

/// The routes with what they have in common, and the pages that describe them.
pub(crate) fn router(app: &App) -> Router<App> {
    let (routes, openapi) = routes().split_for_parts();
    let openapi = conventions::describe(openapi);
    routes
        .layer(from_fn(paging::link_pages))
        .layer(from_fn(condition::spare_what_is_known))
        .layer(from_fn_with_state(app.clone(), once::once))
        .merge(docs::router(openapi))
}

/// The description of the API.
pub(crate) fn openapi() -> OpenApi {
    conventions::describe(routes().into_openapi())
}

pub(crate) async fn no_route() -> ApiError {
    ApiError::NoRoute
}

pub(crate) async fn no_method() -> ApiError {
    ApiError::MethodNotAllowed
}
