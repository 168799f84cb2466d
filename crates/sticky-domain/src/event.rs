//! Events: what happened, in the past tense, and the envelope that it is recorded in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::access::{Level, Recipient, Role, Scope};
use crate::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId, TokenId};
use crate::link::LinkTerms;
use crate::op_key::OpKey;
use crate::project::ProjectKind;
use crate::secret::Withheld;
use crate::stream::{Lane, StreamId};
use crate::time::Timestamp;

/// A fact of the control lane. Stored as JSON under its name; old versions are read in [`Fact::decode`] and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Fact {
    DocumentCreated {
        project: ProjectId,
        title: Option<String>,
    },
    /// `None` gives the title back to the first line of the text.
    DocumentRenamed {
        title: Option<String>,
    },
    DocumentTrashed {},
    DocumentRestored {},
    /// The receipt of a purge: all else that was recorded about the document is gone.
    DocumentPurged {
        project: ProjectId,
        /// All that it had: whatever is known of their use goes, too.
        links: Vec<LinkId>,
    },
    /// The facts before it were recorded elsewhere; from here on the note is in this project.
    DocumentImported {
        project: ProjectId,
        /// The digest of the export that they came in.
        #[serde(with = "crate::hex")]
        sha256: [u8; 32],
    },
    /// Its history up to `seq` was written to a file with this digest.
    DocumentExported {
        seq: u64,
        #[serde(with = "crate::hex")]
        sha256: [u8; 32],
    },
    PermissionGranted {
        recipient: Recipient,
        level: Level,
        replaces: Option<Level>,
    },
    PermissionRevoked {
        recipient: Recipient,
    },
    /// Somebody who holds a link for those whom the note is shared with would like to be one of them.
    AccessRequested {
        by: PrincipalId,
        link: LinkId,
        message: Option<String>,
    },
    /// `None` is a no. A yes comes with the permission.
    AccessAnswered {
        by: PrincipalId,
        level: Option<Level>,
    },
    /// The guest who asked was this user all along: the request is theirs, however it stands.
    AccessRequestHandedOver {
        from: PrincipalId,
        to: PrincipalId,
    },
    LinkCreated {
        link: LinkId,
        #[serde(flatten)]
        terms: LinkTerms,
    },
    /// Whoever is in by the link already stays, at its new level and until its new end.
    LinkChanged {
        link: LinkId,
        terms: LinkTerms,
        replaces: LinkTerms,
    },
    LinkRevoked {
        link: LinkId,
    },
    /// In the guest's own stream, so that a popular link never fights itself.
    LinkRedeemed {
        link: LinkId,
        document: DocumentId,
    },
    /// Someone whom the link let in has come again. In their own stream, too.
    LinkOpened {
        link: LinkId,
        document: DocumentId,
    },
    /// The guest whom the link had let in was this user all along. In the user's stream: nobody has come in anew.
    LinkKept {
        link: LinkId,
        document: DocumentId,
        guest: PrincipalId,
    },
    /// An owner has taken away what the link gave them. In their own stream, too: the link lets others in as before.
    GuestRemoved {
        link: LinkId,
        document: DocumentId,
    },
    GuestAdmitted {
        project: ProjectId,
        name: String,
        root: RootId,
    },
    GuestRenamed {
        name: String,
    },
    ServiceRegistered {
        project: ProjectId,
        name: String,
    },
    /// `project` is the user's own.
    UserRegistered {
        project: ProjectId,
        username: String,
        name: String,
        admin: bool,
        #[serde(skip)]
        password: Withheld,
    },
    UserRenamed {
        name: String,
    },
    PasswordChanged {
        #[serde(skip)]
        password: Withheld,
    },
    /// The user is who another service says they are.
    IdentityLinked {
        provider: String,
        subject: String,
        /// What they were called there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// The word of that service counts for nothing any more.
    IdentityUnlinked {
        provider: String,
        subject: String,
    },
    /// A login has begun; it ends like any token. `by` is `password` or the provider that vouched.
    SignedIn {
        token: TokenId,
        by: String,
    },
    SignInFailed {},
    /// The user runs the installation from now on.
    AdminAppointed {},
    AdminDismissed {},
    UserDeleted {},
    /// The guest was this user all along.
    GuestPromoted {
        user: PrincipalId,
    },
    TokenIssued {
        token: TokenId,
        #[serde(with = "crate::hex")]
        sha256: [u8; 32],
        label: Option<String>,
        #[serde(default)]
        scope: Scope,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    TokenRevoked {
        token: TokenId,
    },
    ProjectCreated {
        name: String,
        #[serde(default)]
        kind: ProjectKind,
    },
    ProjectRenamed {
        name: String,
    },
    GroupCreated {
        project: ProjectId,
        name: String,
    },
    GroupRenamed {
        name: String,
    },
    GroupDeleted {},
    /// In the stream of the group or the project.
    MemberAdded {
        member: Recipient,
        role: Role,
    },
    MemberRoleChanged {
        member: Recipient,
        role: Role,
        replaces: Role,
    },
    MemberRemoved {
        member: Recipient,
    },
}

impl Fact {
    /// The stored number of each kind of fact. Numbers are never reused.
    pub const fn code(&self) -> i16 {
        match self {
            Self::DocumentCreated { .. } => 1,
            Self::DocumentRenamed { .. } => 2,
            Self::DocumentTrashed {} => 3,
            Self::DocumentRestored {} => 4,
            Self::DocumentImported { .. } => 5,
            Self::DocumentExported { .. } => 6,
            Self::DocumentPurged { .. } => 7,
            Self::PermissionGranted { .. } => 10,
            Self::PermissionRevoked { .. } => 11,
            Self::AccessRequested { .. } => 12,
            Self::AccessAnswered { .. } => 13,
            Self::AccessRequestHandedOver { .. } => 14,
            Self::LinkCreated { .. } => 20,
            Self::LinkRevoked { .. } => 21,
            Self::LinkRedeemed { .. } => 22,
            Self::LinkChanged { .. } => 23,
            Self::LinkOpened { .. } => 24,
            Self::LinkKept { .. } => 25,
            Self::GuestRemoved { .. } => 26,
            Self::GuestAdmitted { .. } => 30,
            Self::GuestRenamed { .. } => 31,
            Self::ServiceRegistered { .. } => 32,
            Self::UserRegistered { .. } => 33,
            Self::UserRenamed { .. } => 34,
            Self::PasswordChanged { .. } => 35,
            Self::IdentityLinked { .. } => 36,
            Self::SignedIn { .. } => 37,
            Self::SignInFailed {} => 38,
            Self::UserDeleted {} => 39,
            Self::TokenIssued { .. } => 40,
            Self::TokenRevoked { .. } => 41,
            Self::GuestPromoted { .. } => 42,
            Self::IdentityUnlinked { .. } => 43,
            Self::AdminAppointed {} => 44,
            Self::AdminDismissed {} => 45,
            Self::ProjectCreated { .. } => 50,
            Self::ProjectRenamed { .. } => 51,
            Self::MemberAdded { .. } => 52,
            Self::MemberRoleChanged { .. } => 53,
            Self::MemberRemoved { .. } => 54,
            Self::GroupCreated { .. } => 55,
            Self::GroupRenamed { .. } => 56,
            Self::GroupDeleted {} => 57,
        }
    }

    /// Whether it is recorded in the stream of a document.
    pub const fn is_of_document(&self) -> bool {
        match self {
            Self::DocumentCreated { .. }
            | Self::DocumentRenamed { .. }
            | Self::DocumentTrashed {}
            | Self::DocumentRestored {}
            | Self::DocumentPurged { .. }
            | Self::DocumentImported { .. }
            | Self::DocumentExported { .. }
            | Self::PermissionGranted { .. }
            | Self::PermissionRevoked { .. }
            | Self::AccessRequested { .. }
            | Self::AccessAnswered { .. }
            | Self::AccessRequestHandedOver { .. }
            | Self::LinkCreated { .. }
            | Self::LinkChanged { .. }
            | Self::LinkRevoked { .. } => true,
            Self::LinkRedeemed { .. }
            | Self::LinkOpened { .. }
            | Self::LinkKept { .. }
            | Self::GuestRemoved { .. }
            | Self::GuestAdmitted { .. }
            | Self::GuestRenamed { .. }
            | Self::ServiceRegistered { .. }
            | Self::UserRegistered { .. }
            | Self::UserRenamed { .. }
            | Self::PasswordChanged { .. }
            | Self::IdentityLinked { .. }
            | Self::IdentityUnlinked { .. }
            | Self::SignedIn { .. }
            | Self::SignInFailed {}
            | Self::AdminAppointed {}
            | Self::AdminDismissed {}
            | Self::UserDeleted {}
            | Self::GuestPromoted { .. }
            | Self::TokenIssued { .. }
            | Self::TokenRevoked { .. }
            | Self::ProjectCreated { .. }
            | Self::ProjectRenamed { .. }
            | Self::GroupCreated { .. }
            | Self::GroupRenamed { .. }
            | Self::GroupDeleted {}
            | Self::MemberAdded { .. }
            | Self::MemberRoleChanged { .. }
            | Self::MemberRemoved { .. } => false,
        }
    }

    /// The version that this binary writes.
    pub const VERSION: i16 = 1;

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a fact has only string keys and finite numbers")
    }

    /// Reads the stored form of any version up to [`Fact::VERSION`].
    pub fn decode(version: i16, payload: &[u8]) -> Result<Self, UnreadableFact> {
        if version != Self::VERSION {
            return Err(UnreadableFact::Version(version));
        }
        serde_json::from_slice(payload).map_err(|error| UnreadableFact::Payload(error.to_string()))
    }
}

/// The stored number of a content update, whose payload is the raw Yjs v1 bytes.
pub const UPDATE_RECORDED: i16 = 60;

/// A stored fact that this binary cannot read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnreadableFact {
    #[error("the fact was written in version {0}, which this binary does not know: upgrade it")]
    Version(i16),
    #[error("the stored fact is not readable: {0}")]
    Payload(String),
}

/// What let the actor act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Direct,
    Link(LinkId),
    Token(TokenId),
}

impl Via {
    /// The kind and id that the tables store.
    pub const fn parts(self) -> (i16, Option<Uuid>) {
        match self {
            Self::Direct => (0, None),
            Self::Link(id) => (1, Some(id.0)),
            Self::Token(id) => (2, Some(id.0)),
        }
    }

    /// The inverse of [`Via::parts`].
    pub const fn from_parts(kind: i16, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            (0, None) => Some(Self::Direct),
            (1, Some(id)) => Some(Self::Link(LinkId(id))),
            (2, Some(id)) => Some(Self::Token(TokenId(id))),
            _ => None,
        }
    }
}

/// Who acts, through what, and as part of which request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    pub principal: PrincipalId,
    pub via: Via,
    pub correlation: Option<Uuid>,
}

/// A recorded fact or update, as the log gives it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub lane: Lane,
    pub position: u64,
    pub stream: StreamId,
    pub seq: u64,
    pub actor: Actor,
    pub op: OpKey,
    pub recorded_at: Timestamp,
    pub body: Body,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Fact(Fact),
    /// A Yjs v1 update: opaque to everything but the guard, the compactor and the content reader.
    Update(Bytes),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withheld_is_not_in_the_log() {
        let changed = Fact::PasswordChanged { password: Withheld::new("$argon2id$".to_owned()) };
        let stored = changed.encode();
        assert_eq!(stored, br#"{"type":"PasswordChanged"}"#);
        let read = Fact::decode(Fact::VERSION, &stored);
        assert_eq!(read, Ok(Fact::PasswordChanged { password: Withheld::default() }));
        assert!(!format!("{changed:?}").contains("argon2"));
    }

    #[test]
    fn an_identity_from_before_names_has_none() {
        let stored = br#"{"type":"IdentityLinked","provider":"oidc","subject":"7"}"#;
        let (provider, subject) = ("oidc".to_owned(), "7".to_owned());
        let read = Fact::decode(Fact::VERSION, stored);
        assert_eq!(read, Ok(Fact::IdentityLinked { provider, subject, name: None }));
    }

    #[test]
    fn a_token_from_before_scopes_may_write() {
        let zeros = "00".repeat(32);
        let stored = format!(
            r#"{{"type":"TokenIssued","token":"{}","sha256":"{zeros}","label":null}}"#,
            Uuid::nil()
        );
        let read = Fact::decode(Fact::VERSION, stored.as_bytes()).unwrap();
        assert!(matches!(read, Fact::TokenIssued { scope: Scope::Write, until: None, .. }));
    }
}
