//! `/embed/{id or link}`: a note inside a page of somebody else, for the sites that the configuration names.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use sticky_domain::id::DocumentId;
use sticky_domain::usecase::Refusal;
use uuid::Uuid;

use super::head::escape;
use super::share::look;
use super::shell;
use crate::api::ApiError;
use crate::app::App;
use crate::headers;
use crate::limit::READ;

/// By its id a note opens for whom it would open anyway. By a link it opens for everybody whom the link lets in, and a
/// browser that keeps no cookies of framed pages shows the link itself to the socket.
pub(super) async fn page(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let mut response = match Uuid::parse_str(&name) {
        Ok(_) => shell::page(StatusCode::OK, "", ""),
        Err(_) => of_link(&app, &name).await?,
    };
    let policy = headers::policy(&framed_by(&app));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

async fn of_link(app: &App, token: &str) -> Result<Response, ApiError> {
    match look(app, token, READ).await {
        Ok(note) => Ok(shell::page(StatusCode::OK, &head(note.document, &note.title), "")),
        Err(ApiError::Refused(Refusal::NotFound)) => Ok(shell::page(StatusCode::NOT_FOUND, "", "")),
        Err(refusal) => Err(refusal),
    }
}

/// Tells the application which note the link is for, without opening it.
fn head(document: DocumentId, title: &str) -> String {
    format!(
        r#"<title>{} · Sticky</title><meta name="sticky:note" content="{document}">"#,
        escape(title)
    )
}

fn framed_by(app: &App) -> String {
    match app.config.embed_origins.as_slice() {
        [] => "'none'".to_owned(),
        origins => origins.join(" "),
    }
}
