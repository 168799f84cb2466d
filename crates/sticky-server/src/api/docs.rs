//! The description of the API, for programs and for people.

use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
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
    security((), ("token" = []), ("browser" = []))
)]
pub(super) struct About;

struct Credentials;

/// A browser that has signed in, opened a link, or made a note.
const COOKIE: &str = "Set by `POST /api/v1/login/browser`, `/api/v1/browser-session` and `/s/{token}`. Over plain http on this \
    computer its name is `sticky`. What changes something must come from a page of the server: `Origin` says so.";

impl utoipa::Modify for Credentials {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let cookie = ApiKeyValue::with_description("__Host-sticky", COOKIE);
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", token);
        components.add_security_scheme("browser", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

const DESCRIPTION: &str = "/api/openapi.json";

pub(super) fn router(openapi: utoipa::openapi::OpenApi) -> Router<App> {
    // The badge would ask a server elsewhere what it thinks of the description.
    let config = Config::new([DESCRIPTION]).validator_url("none");
    Router::from(SwaggerUi::new("/api/docs").config(config))
        .route(DESCRIPTION, get(async move || Json(openapi)))
}
