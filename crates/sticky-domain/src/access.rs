//! Levels and rights: what someone may do with a document, and what that rests on.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::Via;
use crate::fence::KeyVersion;
use crate::id::{GroupId, LinkId, PrincipalId, ProjectId, RootId, TokenId};
use crate::time::Timestamp;

/// What a principal may do with a document. Each level includes the ones below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Viewer,
    Editor,
    Owner,
}

impl Level {
    /// The word used in every protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    /// The level with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Viewer, Self::Editor, Self::Owner].into_iter().find(|level| level.as_str() == text)
    }

    /// Whether this level may change the text.
    pub fn may_write(self) -> bool {
        self >= Self::Editor
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a login or an access token may be used for. Each scope includes the ones before it.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Reading what its principal may read.
    Read,
    /// Doing what its principal may do.
    #[default]
    Write,
    /// Running the installation, if its principal may.
    Admin,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The word used in every protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The scope with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// The highest level that it lets its bearer act with.
    pub const fn level(self) -> Level {
        match self {
            Self::Read => Level::Viewer,
            Self::Write | Self::Admin => Level::Owner,
        }
    }
}

/// Who receives a grant, or is a member of a group or a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "lowercase")]
pub enum Recipient {
    Principal(PrincipalId),
    /// Everyone in the group, and in the groups within it.
    Group(GroupId),
}

impl Recipient {
    /// The kind and id that the tables store.
    pub const fn parts(self) -> (&'static str, Uuid) {
        match self {
            Self::Principal(id) => ("principal", id.0),
            Self::Group(id) => ("group", id.0),
        }
    }

    /// The inverse of [`Recipient::parts`].
    pub fn from_parts(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "principal" => Some(Self::Principal(PrincipalId(id))),
            "group" => Some(Self::Group(GroupId(id))),
            _ => None,
        }
    }
}

impl From<PrincipalId> for Recipient {
    fn from(principal: PrincipalId) -> Self {
        Self::Principal(principal)
    }
}

/// What someone is in a project or a group. Each role may do what the ones below it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees what is shared with them, and nothing else.
    Guest,
    Viewer,
    Member,
    /// Manages members and groups.
    Admin,
    Owner,
}

impl Role {
    const ALL: [Self; 5] = [Self::Guest, Self::Viewer, Self::Member, Self::Admin, Self::Owner];

    /// The word used in every protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What it gives on every document of the project.
    pub const fn level(self) -> Option<Level> {
        match self {
            Self::Guest => None,
            Self::Viewer => Some(Level::Viewer),
            Self::Member => Some(Level::Editor),
            Self::Admin | Self::Owner => Some(Level::Owner),
        }
    }

    /// Whether it may change the project or the group and who is in it.
    pub fn manages(self) -> bool {
        self >= Self::Admin
    }
}

/// One thing that a caller can show for themselves. A caller acts with the highest right that any of their claims gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A principal known by a cookie.
    Principal(PrincipalId),
    /// A principal known by an access token.
    Token { token: TokenId, principal: PrincipalId },
    /// A guest admitted by a link.
    Link { link: LinkId, guest: PrincipalId },
    /// Whoever reaches a server in local-dev without a credential: owner of everything in the project.
    LocalDev(PrincipalId),
}

impl Claim {
    /// Who acts under it.
    pub const fn principal(&self) -> PrincipalId {
        match *self {
            Self::Principal(principal) | Self::LocalDev(principal) => principal,
            Self::Token { principal, .. } => principal,
            Self::Link { guest, .. } => guest,
        }
    }
}

/// A caller: their claims, the strongest identity first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The project that was chosen: nothing else is there. `None`: whatever their claims give, wherever it is.
    pub project: Option<ProjectId>,
    /// Where what they make goes when no project was chosen.
    pub home: ProjectId,
    pub claims: Vec<Claim>,
    /// No more than this, whatever the claims give (a collab token's level).
    pub at_most: Level,
    /// When the credential ends that the claims were shown with, if it ends by itself.
    pub until: Option<Timestamp>,
    /// The login that all of it rests on, if someone has signed in.
    pub login: Option<TokenId>,
}

impl Caller {
    /// A caller whose claims count in full and everywhere.
    pub fn new(home: ProjectId, claims: Vec<Claim>) -> Self {
        Self { project: None, home, claims, at_most: Level::Owner, until: None, login: None }
    }

    /// The same caller, who sees nothing outside of `project`.
    pub fn within(self, project: ProjectId) -> Self {
        Self { project: Some(project), ..self }
    }

    /// The same caller held to at most `level`.
    pub fn at_most(self, level: Level) -> Self {
        Self { at_most: level, ..self }
    }

    /// The same caller, who shows all of it for as long as this login lives.
    pub fn resting_on(self, login: TokenId) -> Self {
        Self { login: Some(login), ..self }
    }

    /// Whether nothing is left of the caller once `token` is revoked.
    pub fn rests_on(&self, token: TokenId) -> bool {
        let is_of_it =
            |claim: &Claim| matches!(claim, Claim::Token { token: of, .. } if *of == token);
        self.login == Some(token) || (!self.claims.is_empty() && self.claims.iter().all(is_of_it))
    }

    /// Everyone whom the caller acts as.
    pub fn principals(&self) -> impl Iterator<Item = PrincipalId> {
        self.claims.iter().map(|claim| claim.principal())
    }

    /// Whether the caller was let in by `link`.
    pub fn holds(&self, link: LinkId) -> bool {
        self.claims
            .iter()
            .any(|claim| matches!(claim, Claim::Link { link: held, .. } if *held == link))
    }

    /// The principal that the caller makes new things as: not a guest of some link.
    pub fn author(&self) -> Option<(PrincipalId, Via)> {
        self.claims.iter().find_map(|claim| match *claim {
            Claim::Principal(principal) | Claim::LocalDev(principal) => {
                Some((principal, Via::Direct))
            }
            Claim::Token { token, principal } => Some((principal, Via::Token(token))),
            Claim::Link { .. } => None,
        })
    }
}

/// Whether a document is open for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Live,
    Trashed,
}

/// What a caller may do with one document right now, and every key that this rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    pub level: Level,
    /// The project that the document is in.
    pub project: ProjectId,
    pub principal: PrincipalId,
    pub root: RootId,
    /// What the principal is called and coloured in presence.
    pub name: String,
    pub via: Via,
    pub fence: Vec<KeyVersion>,
    /// When the earliest of its keys ends.
    pub until: Option<Timestamp>,
    pub presence: Presence,
}

/// Something that has members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Company {
    Project(ProjectId),
    Group(GroupId),
}

/// What a caller is in a project or a group right now, and every key that this rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub role: Role,
    /// The project, or the one that the group is in.
    pub project: ProjectId,
    pub principal: PrincipalId,
    pub via: Via,
    pub fence: Vec<KeyVersion>,
    /// When the earliest of its keys ends.
    pub until: Option<Timestamp>,
}
