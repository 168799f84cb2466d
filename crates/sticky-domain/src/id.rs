//! Identifiers: one type per kind of thing, so that a link's id can never be passed where a document's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    };
}

id!(
    /// A note: its metadata and its Yjs document.
    DocumentId
);
id!(
    /// Whoever acts: a user, a guest or a service.
    PrincipalId
);
id!(
    /// A share link. Public: the secret is the key that signs it.
    LinkId
);
id!(
    /// A project: the owner of documents and the boundary between tenants.
    ProjectId
);
id!(
    /// A group: receives grants for its members, but does not act.
    GroupId
);
id!(
    /// An access token, named without revealing it.
    TokenId
);
id!(
    /// A browser's session, named without revealing its cookie.
    SessionId
);
id!(
    /// Who a Yjs client id belongs to: the user for a person with an account, else the browser session.
    RootId
);

impl From<PrincipalId> for RootId {
    fn from(principal: PrincipalId) -> Self {
        Self(principal.0)
    }
}

impl From<SessionId> for RootId {
    fn from(session: SessionId) -> Self {
        Self(session.0)
    }
}
