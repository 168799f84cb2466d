//! Which project a request is about: by its path, a header, or what its credential says.

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::Response;
use sticky_domain::access::Caller;
use sticky_domain::id::ProjectId;

use crate::api::{ApiError, Place};

const HEADER: &str = "x-project";
const PREFIX: &str = "/api/v1/projects/";
/// What the prefix leads to; everything else below it is the project's own.
const WITHIN: [&str; 3] = ["documents", "groups", "search"];

/// The project that the path began with.
#[derive(Debug, Clone, Copy)]
struct InPath(ProjectId);

/// `/api/v1/projects/{project}/documents…` is `/api/v1/documents…` within that project.
pub(crate) async fn take_project_from_path(mut request: Request, next: Next) -> Response {
    if let Some((project, uri)) = split(request.uri()) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(InPath(project));
    }
    next.run(request).await
}

fn split(uri: &Uri) -> Option<(ProjectId, Uri)> {
    let (project, rest) = uri.path().strip_prefix(PREFIX)?.split_once('/')?;
    let first = rest.split('/').next().unwrap_or(rest);
    if !WITHIN.contains(&first) {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let shorter = format!("/api/v1/{rest}{query}").parse().ok()?;
    Some((project.parse().ok()?, shorter))
}

/// The caller within the project that was chosen. Two that disagree choose nothing.
pub(super) fn choose(parts: &Parts, caller: Caller) -> Result<Caller, ApiError> {
    let in_path = parts.extensions.get::<InPath>().map(|InPath(project)| *project);
    let mut chosen = caller.project;
    for named in [in_path, in_header(&parts.headers)?].into_iter().flatten() {
        if chosen.is_some_and(|chosen| chosen != named) {
            return Err(ApiError::Invalid {
                code: "project_mismatch",
                detail: "the path, X-Project and the credential name different projects".to_owned(),
            });
        }
        chosen = Some(named);
    }
    Ok(match chosen {
        Some(project) => caller.within(project),
        None => caller,
    })
}

fn in_header(headers: &HeaderMap) -> Result<Option<ProjectId>, ApiError> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let project = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    match project {
        Some(project) if values.next().is_none() => Ok(Some(project)),
        _ => Err(ApiError::invalid_at(Place::Header(HEADER), "is the id of one project")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_taken_off_what_is_within_a_project() {
        let id = "0198c0de-0000-7000-8000-000000000001";
        let table = [
            (format!("{PREFIX}{id}/documents"), Some("/api/v1/documents")),
            (format!("{PREFIX}{id}/documents/x/links?a=b"), Some("/api/v1/documents/x/links?a=b")),
            (format!("{PREFIX}{id}/groups"), Some("/api/v1/groups")),
            (format!("{PREFIX}{id}/members"), None),
            (format!("{PREFIX}{id}"), None),
            (format!("{PREFIX}x/documents"), None),
            ("/api/v1/documents".to_owned(), None),
        ];
        for (path, expected) in table {
            let found = split(&path.parse().unwrap()).map(|(_, uri)| uri.to_string());
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}
