//! Every route of the API, and who may use it.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use sticky_domain::access::Level;

use super::answers::{
    admins, answerers, appointers, authors, browsers, founders, group_founders, leavers,
    leavers_of_a_group, readers_of_a_project, registered, registrars, signed_in,
    signed_in_elsewhere, unknown,
};
use super::cast::principal;
use super::role::Role;
use crate::visitor::Payload;

/// Who may.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// Everyone: no credential is looked at.
    Public,
    /// Everyone, without any credential or with a good one.
    Nothing,
    /// Whoever has a credential.
    Credential,
    /// Whoever may do this with the note.
    Level(Level),
    /// Whoever is in the project, and whoever manages it.
    Project { manage: bool },
    /// Whoever is in the group or reads what is in its project, and whoever manages that.
    Group { manage: bool },
    /// None of the above: the status for each.
    Status(fn(Role) -> u16),
}

impl Need {
    /// What this one is answered with; `None` for whatever says that it was done.
    fn refusal(self, role: Role) -> Option<u16> {
        match self {
            Self::Public => None,
            Self::Nothing => (role == Role::Deleted).then_some(401),
            Self::Status(status) => Some(status(role)).filter(|status| *status >= 400),
            _ if role.is_nobody() => Some(401),
            Self::Credential => None,
            Self::Level(needed) => match role.level() {
                None => Some(404),
                Some(level) if level < needed => Some(403),
                Some(_) => None,
            },
            Self::Project { manage } => match role {
                Role::Manager => None,
                _ if role.is_in_project() => manage.then_some(403),
                _ => Some(404),
            },
            Self::Group { manage } => match role {
                Role::Manager => None,
                Role::GroupMember => manage.then_some(403),
                Role::ProjectViewer | Role::ProjectMember => manage.then_some(403),
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
    need: Need,
    /// Whether it needs a token that may change something.
    changes: bool,
}

const VIEW: Need = Need::Level(Level::Viewer);
const EDIT: Need = Need::Level(Level::Editor);
const OWN: Need = Need::Level(Level::Owner);
const IN_PROJECT: Need = Need::Project { manage: false };
const MANAGE_PROJECT: Need = Need::Project { manage: true };
const IN_GROUP: Need = Need::Group { manage: false };
const MANAGE_GROUP: Need = Need::Group { manage: true };

/// The table. A route that is not here fails the test.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("GET", "/api/v1/me", Need::Nothing),
        row("PATCH", "/api/v1/me", Need::Status(browsers)).with(|| json(json!({"name": "Ana"}))),
        row("POST", "/api/v1/browser-session", Need::Status(|_| 403)).with(empty),
        row("DELETE", "/api/v1/me", Need::Status(signed_in)).with(empty),
        row("POST", "/api/v1/me/password", Need::Status(signed_in))
            .with(|| json(json!({"new": "battery staple"}))),
        row("GET", "/api/v1/me/tokens", Need::Status(signed_in)),
        row("POST", "/api/v1/me/tokens", Need::Status(signed_in)).with(empty),
        // Of someone else, if of anyone.
        row("DELETE", "/api/v1/me/tokens/{id}", Need::Status(signed_in_elsewhere)),
        row("GET", "/api/v1/me/identities", Need::Status(signed_in)),
        // Nobody has connected any.
        row(
            "DELETE",
            "/api/v1/me/identities/{provider}/{subject}",
            Need::Status(signed_in_elsewhere),
        ),
        row("GET", "/api/v1/me/guests", Need::Status(signed_in)),
        row("POST", "/api/v1/me/guests/{id}/promote", Need::Status(signed_in_elsewhere))
            .with(empty),
        row("POST", "/api/v1/users", Need::Status(registrars)).with(newcomer),
        row("GET", "/api/v1/users", Need::Status(registered)).asking("username=nobody"),
        row("GET", "/api/v1/users/{id}", Need::Credential),
        row("DELETE", "/api/v1/users/{id}", Need::Status(admins)),
        row("POST", "/api/v1/login", Need::Status(|_| 400)).with(empty),
        row("POST", "/api/v1/login/browser", Need::Status(|_| 400)).with(empty),
        row("POST", "/api/v1/login/refresh", Need::Status(|_| 400)).with(empty),
        row("POST", "/api/v1/logout", Need::Status(browsers)).with(empty),
        row("GET", "/.well-known/jwks.json", Need::Public),
        row("POST", "/api/v1/providers/{provider}/login", Need::Status(unknown)).with(empty),
        row("GET", "/api/v1/providers/{provider}/callback", Need::Status(|_| 404)),
        row("POST", "/api/v1/documents", Need::Status(authors)).with(empty),
        row("GET", "/api/v1/documents", Need::Credential),
        row("GET", "/api/v1/search", Need::Credential).asking("q=milk"),
        row("GET", "/api/v1/documents/{id}", VIEW),
        row("PATCH", "/api/v1/documents/{id}", EDIT).with(|| json(json!({"title": "Ours"}))),
        // All of it, or nothing.
        row("PATCH", "/api/v1/documents/{id}", OWN)
            .with(|| json(json!({"title": "Ours", "deleted": true}))),
        row("DELETE", "/api/v1/documents/{id}", OWN),
        row("DELETE", "/api/v1/documents/{id}", OWN).asking("purge=true"),
        row("POST", "/api/v1/documents/{id}/session", VIEW).with(empty).reading(),
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
        row("PATCH", "/api/v1/documents/{id}/links/{link_id}", OWN)
            .with(|| json(json!({"label": "For all", "max_uses": 9}))),
        row("DELETE", "/api/v1/documents/{id}/links/{link_id}", OWN),
        row("GET", "/api/v1/documents/{id}/links/{link_id}/guests", OWN),
        row("DELETE", "/api/v1/documents/{id}/links/{link_id}/guests/{guest_id}", OWN),
        row("POST", "/s/{token}", Need::Nothing).with(empty),
        // The link is for anyone, so there is nothing to ask for.
        row("POST", "/s/{token}/ask", Need::Status(|_| 404)).with(empty),
        row("GET", "/api/v1/documents/{id}/requests", OWN),
        // Nobody has asked.
        row("POST", "/api/v1/documents/{id}/requests/{request_id}", Need::Status(answerers))
            .with(|| json(json!({"level": "viewer"}))),
        row("GET", "/api/v1/documents/{id}/permissions", OWN),
        row("PUT", "/api/v1/documents/{id}/permissions", OWN)
            .with(|| json(json!({"principal_id": principal("newcomer").0, "level": "viewer"}))),
        row("DELETE", "/api/v1/documents/{id}/permissions/{recipient_id}", Need::Status(leavers)),
        row("POST", "/api/v1/documents/{id}/transfer", OWN)
            .with(|| json(json!({"principal_id": principal("editor").0, "keep": "viewer"}))),
        row("GET", "/api/v1/documents/{id}/access", OWN)
            .asking("principal=0198c0de-0000-7000-8000-000000000001"),
        row("GET", "/api/v1/admin/stats", Need::Status(admins)),
        row("GET", "/api/v1/admin/events", Need::Status(admins)),
        row("GET", "/api/v1/admin/documents", Need::Status(admins)),
        row("GET", "/api/v1/admin/ownerless", Need::Status(admins)),
        row("POST", "/api/v1/admin/ownerless/{id}/owner", Need::Status(appointers))
            .with(|| json(json!({"principal_id": principal("newcomer").0}))),
        row("GET", "/api/v1/admin/users", Need::Status(admins)),
        row("PATCH", "/api/v1/admin/users/{id}", Need::Status(admins))
            .with(|| json(json!({"admin": true}))),
        row("POST", "/api/v1/admin/users/{id}/password", Need::Status(admins))
            .with(|| json(json!({"new": "battery staple"}))),
        row("GET", "/api/v1/admin/projections", Need::Status(admins)),
        row("POST", "/api/v1/admin/projections/{name}/rebuild", Need::Status(admins)).with(empty),
        row("POST", "/api/v1/projects", Need::Status(founders)).with(named),
        row("GET", "/api/v1/projects", Need::Credential),
        row("GET", "/api/v1/projects/{id}", IN_PROJECT),
        row("PATCH", "/api/v1/projects/{id}", MANAGE_PROJECT).with(named),
        row("GET", "/api/v1/projects/{id}/ownerless", MANAGE_PROJECT),
        row("GET", "/api/v1/projects/{id}/members", Need::Status(readers_of_a_project)),
        row("PUT", "/api/v1/projects/{id}/members", MANAGE_PROJECT)
            .with(|| json(json!({"principal_id": principal("newcomer").0, "role": "guest"}))),
        row("DELETE", "/api/v1/projects/{id}/members/{member_id}", MANAGE_PROJECT),
        row("POST", "/api/v1/groups", Need::Status(group_founders)).with(named),
        row("GET", "/api/v1/groups", Need::Credential),
        row("GET", "/api/v1/groups/{id}", IN_GROUP),
        row("PATCH", "/api/v1/groups/{id}", MANAGE_GROUP).with(named),
        row("DELETE", "/api/v1/groups/{id}", MANAGE_GROUP),
        row("GET", "/api/v1/groups/{id}/members", IN_GROUP),
        row("PUT", "/api/v1/groups/{id}/members", MANAGE_GROUP)
            .with(|| json(json!({"principal_id": principal("newcomer").0, "role": "member"}))),
        // The one who is taken out is the member, who may leave.
        row("DELETE", "/api/v1/groups/{id}/members/{member_id}", Need::Status(leavers_of_a_group)),
    ]
}

fn row(method: &'static str, path: &'static str, need: Need) -> Row {
    let by_itself = !matches!(need, Need::Nothing | Need::Public | Need::Status(_));
    let changes = by_itself && method != "GET";
    Row { method, path, query: "", body: || Payload::Nothing, need, changes }
}

impl Row {
    /// What this one is answered with; `None` for whatever says that it was done.
    pub(crate) fn refusal(&self, role: Role) -> Option<u16> {
        match role {
            Role::ReadToken if self.changes => Some(403),
            _ => self.need.refusal(role),
        }
    }

    /// It looks like a change, and only reads.
    fn reading(self) -> Self {
        Self { changes: false, ..self }
    }

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

/// Another one each time.
fn newcomer() -> Payload {
    static NTH: AtomicU32 = AtomicU32::new(0);
    let username = format!("newcomer-{}", NTH.fetch_add(1, Ordering::Relaxed));
    json(json!({"username": username, "password": "correct horse"}))
}

fn named() -> Payload {
    json(json!({"name": "Bakers"}))
}
