//! Levels and rights: what someone may do with a document, and what that rests on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::Via;
use crate::fence::KeyVersion;
use crate::id::{LinkId, PrincipalId, ProjectId, RootId, TokenId};
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

/// Who receives a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "lowercase")]
pub enum Recipient {
    Principal(PrincipalId),
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

/// A caller: their claims, the strongest identity first, within one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub project: ProjectId,
    pub claims: Vec<Claim>,
    /// No more than this, whatever the claims give (a collab token's level).
    pub at_most: Level,
    /// When the credential ends that the claims were shown with, if it ends by itself.
    pub until: Option<Timestamp>,
}

impl Caller {
    /// A caller whose claims count in full.
    pub fn new(project: ProjectId, claims: Vec<Claim>) -> Self {
        Self { project, claims, at_most: Level::Owner, until: None }
    }

    /// The same caller held to at most `level`.
    pub fn at_most(self, level: Level) -> Self {
        Self { at_most: level, ..self }
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
