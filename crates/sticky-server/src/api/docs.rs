//! The description of the API, for programs and for people.

use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::app::App;

/// What the description says besides the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sticky",
        description = "Short notes that several people edit at once. Every refusal is problem details (RFC 9457) whose `code` never changes.\n\n\
            A request that names a project sees nothing of any other: by the header `X-Project`, or by `/api/v1/projects/{project}/documents…` \
            and `…/groups…` in place of `/api/v1/documents…` and `/api/v1/groups…`. Two that disagree are a 400 `project_mismatch`.",
        license(name = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "documents", description = "Notes as things with a title"),
        (name = "content", description = "Notes as text"),
        (name = "links", description = "Share links"),
        (name = "permissions", description = "Whom a note is shared with"),
        (name = "projects", description = "What notes belong to"),
        (name = "groups", description = "Many people who are given things at once"),
        (name = "people", description = "Who the caller is"),
        (name = "history", description = "What a note said before"),
        (name = "admin", description = "For whoever runs the server")
    ),
    modifiers(&Credentials),
    security((), ("token" = []))
)]
pub(super) struct About;

struct Credentials;

impl utoipa::Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("token", token);
    }
}

const DESCRIPTION: &str = "/api/openapi.json";

pub(super) fn router(openapi: utoipa::openapi::OpenApi) -> Router<App> {
    // The badge would ask a server elsewhere what it thinks of the description.
    let config = Config::new([DESCRIPTION]).validator_url("none");
    Router::from(SwaggerUi::new("/api/docs").config(config))
        .route(DESCRIPTION, get(async move || Json(openapi)))
}
