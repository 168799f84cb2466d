//! Every route of the API, and who may use it.

use serde_json::{Value, json};
use sticky_domain::access::Level;

use super::cast::{Role, principal};
use crate::visitor::Payload;

/// Who may.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// Everyone, without any credential.
    Nothing,
    /// Whoever has a credential.
    Credential,
    /// Whoever may do this with the note.
    Level(Level),
    /// Whoever manages the project: nobody else is in it.
    Project,
    /// Whoever is in the group or manages its project, and whoever manages it.
    Group { manage: bool },
    /// None of the above: the status for each.
    Status(fn(Role) -> u16),
}

impl Need {
    /// What this one is answered with; `None` for whatever says that it was done.
    pub(crate) fn refusal(self, role: Role) -> Option<u16> {
        match self {
            Self::Nothing => None,
            Self::Status(status) => Some(status(role)).filter(|status| *status >= 400),
            _ if role == Role::Nobody => Some(401),
            Self::Credential => None,
            Self::Level(needed) => match role.level() {
                None => Some(404),
                Some(level) if level < needed => Some(403),
                Some(_) => None,
            },
            Self::Project => (role != Role::Manager).then_some(404),
            Self::Group { manage } => match role {
                Role::Manager => None,
                Role::GroupMember => manage.then_some(403),
                _ => Some(404),
            },
        }
    }
}

pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) query: &'static str,
    pub(crate) body: fn() -> Payload,
    pub(crate) need: Need,
}

const VIEW: Need = Need::Level(Level::Viewer);
const EDIT: Need = Need::Level(Level::Editor);
const OWN: Need = Need::Level(Level::Owner);
const IN_GROUP: Need = Need::Group { manage: false };
const MANAGE_GROUP: Need = Need::Group { manage: true };

/// The table. A route that is not here fails the test.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("GET", "/api/v1/me", Need::Nothing),
        row("PATCH", "/api/v1/me", Need::Status(browsers_only))
            .with(|| json(json!({"name": "Ana"}))),
        row("POST", "/api/v1/browser-session", Need::Status(|_| 403)).with(empty),
        row("POST", "/api/v1/documents", Need::Status(authors)).with(empty),
        row("GET", "/api/v1/documents", Need::Credential),
        row("GET", "/api/v1/search", Need::Credential).asking("q=milk"),
        row("GET", "/api/v1/documents/{id}", VIEW),
        row("PATCH", "/api/v1/documents/{id}", EDIT).with(|| json(json!({"title": "Ours"}))),
        row("DELETE", "/api/v1/documents/{id}", OWN),
        row("POST", "/api/v1/documents/{id}/session", VIEW).with(empty),
        row("GET", "/api/v1/documents/{id}/content", VIEW),
        row("PUT", "/api/v1/documents/{id}/content", EDIT)
            .with(|| ("text/markdown", "eggs").into()),
        row("PATCH", "/api/v1/documents/{id}/content", EDIT)
            .with(|| json(json!({"op": "append", "text": "x"}))),
        row("GET", "/api/v1/documents/{id}/timeline", VIEW),
        row("POST", "/api/v1/documents/{id}/restore", EDIT).with(|| json(json!({"seq": 1}))),
        row("GET", "/api/v1/documents/{id}/updates", VIEW).asking("after=0"),
        row("GET", "/api/v1/documents/{id}/links", OWN),
        row("POST", "/api/v1/documents/{id}/links", OWN).with(|| json(json!({"level": "viewer"}))),
        row("DELETE", "/api/v1/documents/{id}/links/{link_id}", OWN),
        row("POST", "/s/{token}", Need::Nothing).with(empty),
        row("GET", "/api/v1/documents/{id}/permissions", OWN),
        row("PUT", "/api/v1/documents/{id}/permissions", OWN)
            .with(|| json(json!({"principal_id": principal("newcomer").0, "level": "viewer"}))),
        row("DELETE", "/api/v1/documents/{id}/permissions/{recipient_id}", Need::Status(leavers)),
        row("POST", "/api/v1/documents/{id}/transfer", OWN)
            .with(|| json(json!({"principal_id": principal("editor").0, "keep": "viewer"}))),
        row("GET", "/api/v1/documents/{id}/access", OWN)
            .asking("principal=0198c0de-0000-7000-8000-000000000001"),
        row("GET", "/api/v1/admin/stats", Need::Status(nobody_yet)),
        row("GET", "/api/v1/admin/events", Need::Status(nobody_yet)),
        row("GET", "/api/v1/admin/documents", Need::Status(nobody_yet)),
        row("POST", "/api/v1/projects", Need::Status(founders)).with(named),
        row("GET", "/api/v1/projects", Need::Credential),
        row("GET", "/api/v1/projects/{id}", Need::Project),
        row("PATCH", "/api/v1/projects/{id}", Need::Project).with(named),
        row("GET", "/api/v1/projects/{id}/members", Need::Project),
        row("PUT", "/api/v1/projects/{id}/members", Need::Project)
            .with(|| json(json!({"principal_id": principal("newcomer").0, "role": "guest"}))),
        row("DELETE", "/api/v1/projects/{id}/members/{member_id}", Need::Project),
        row("POST", "/api/v1/groups", Need::Status(group_founders)).with(named),
        row("GET", "/api/v1/groups", Need::Credential),
        row("GET", "/api/v1/groups/{id}", IN_GROUP),
        row("PATCH", "/api/v1/groups/{id}", MANAGE_GROUP).with(named),
        row("DELETE", "/api/v1/groups/{id}", MANAGE_GROUP),
        row("GET", "/api/v1/groups/{id}/members", IN_GROUP),
        row("PUT", "/api/v1/groups/{id}/members", MANAGE_GROUP)
            .with(|| json(json!({"principal_id": principal("newcomer").0, "role": "member"}))),
        // The one who is taken out is the member, who may leave.
        row("DELETE", "/api/v1/groups/{id}/members/{member_id}", IN_GROUP),
    ]
}

fn browsers_only(role: Role) -> u16 {
    match role {
        Role::Nobody => 401,
        _ if role.is_guest() => 200,
        _ => 403,
    }
}

/// Notes are made by whoever is somebody beside a guest of a link.
fn authors(role: Role) -> u16 {
    if role == Role::Nobody || role.is_guest() { 401 } else { 201 }
}

/// Owners take it away from the viewer, who may leave.
fn leavers(role: Role) -> u16 {
    match (role, role.level()) {
        (Role::Nobody, _) => 401,
        (_, None) => 404,
        (Role::Viewer, _) | (_, Some(Level::Owner)) => 204,
        _ => 403,
    }
}

/// None of these runs the server.
fn nobody_yet(role: Role) -> u16 {
    if role == Role::Nobody { 401 } else { 403 }
}

/// Programs stay in their project.
fn founders(role: Role) -> u16 {
    if role == Role::Nobody { 401 } else { 403 }
}

fn group_founders(role: Role) -> u16 {
    match role {
        Role::Nobody => 401,
        Role::Manager => 201,
        _ if role.is_guest() => 403,
        _ => 404,
    }
}

fn row(method: &'static str, path: &'static str, need: Need) -> Row {
    Row { method, path, query: "", body: || Payload::Nothing, need }
}

impl Row {
    fn with(self, body: fn() -> Payload) -> Self {
        Self { body, ..self }
    }

    fn asking(self, query: &'static str) -> Self {
        Self { query, ..self }
    }
}

fn json(value: Value) -> Payload {
    Payload::Json(value)
}

fn empty() -> Payload {
    json(json!({}))
}

fn named() -> Payload {
    json(json!({"name": "Bakers"}))
}
