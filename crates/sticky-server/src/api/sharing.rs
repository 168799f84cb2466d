//! What permissions and memberships have in common: people and groups, named and told.

use serde::{Deserialize, Serialize};
use sticky_domain::access::{Recipient, Role};
use sticky_domain::id::{GroupId, PrincipalId, RootId};
use sticky_domain::palette::colour_of;
use sticky_domain::port::PrincipalKind;
use sticky_domain::usecase::Named;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;

/// A person or a group.
#[derive(Serialize, ToSchema)]
pub(super) struct RecipientAnswer {
    /// `user`, `guest`, `service` or `group`.
    #[schema(example = "user")]
    kind: &'static str,
    id: Uuid,
    #[schema(example = "Ana")]
    name: String,
    /// The colour of their cursor; groups have none.
    #[schema(example = "#006b6b")]
    color: Option<&'static str>,
    /// A user who has left: nothing acts for them any more.
    deleted: bool,
}

impl RecipientAnswer {
    pub(super) fn new(
        recipient: Recipient,
        kind: Option<PrincipalKind>,
        name: Option<String>,
        root: Option<RootId>,
    ) -> Self {
        let unknown = || "Someone".to_owned();
        match recipient {
            Recipient::Group(GroupId(id)) => Self {
                kind: "group",
                id,
                name: name.unwrap_or_else(unknown),
                color: None,
                deleted: false,
            },
            Recipient::Principal(principal) => Self {
                kind: kind.map_or("guest", PrincipalKind::as_str),
                id: principal.0,
                name: name.unwrap_or_else(unknown),
                color: Some(colour_of(root.unwrap_or_else(|| principal.into())).strong),
                deleted: false,
            },
        }
    }
}

impl RecipientAnswer {
    pub(super) fn who_has_left(self, deleted: bool) -> Self {
        Self { deleted, ..self }
    }
}

/// What someone is in a project or a group.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RoleWord {
    /// Sees what is shared with them, and nothing else. Projects only.
    Guest,
    /// Reads every note of the project. Projects only.
    Viewer,
    /// Edits every note of the project.
    Member,
    /// Manages members and groups; owns every note of the project.
    Admin,
    /// As an admin; a project always has one. Projects only.
    Owner,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Guest => Self::Guest,
            RoleWord::Viewer => Self::Viewer,
            RoleWord::Member => Self::Member,
            RoleWord::Admin => Self::Admin,
            RoleWord::Owner => Self::Owner,
        }
    }
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Guest => Self::Guest,
            Role::Viewer => Self::Viewer,
            Role::Member => Self::Member,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
        }
    }
}

/// The one person or group that a request names.
pub(super) fn named(
    principal: Option<Uuid>,
    username: Option<String>,
    group: Option<Uuid>,
) -> Result<Named, ApiError> {
    match (principal, username, group) {
        (Some(id), None, None) => Ok(Named::Principal(PrincipalId(id))),
        (None, Some(username), None) => Ok(Named::Username(username)),
        (None, None, Some(id)) => Ok(Named::Group(GroupId(id))),
        _ => Err(ApiError::invalid("give one of principal_id, username and group_id")),
    }
}
