//! Events: what happened, in the past tense, and the envelope that it is recorded in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::access::{Level, Recipient};
use crate::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId, TokenId};
use crate::op_key::OpKey;
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
    PermissionGranted {
        recipient: Recipient,
        level: Level,
        replaces: Option<Level>,
    },
    PermissionRevoked {
        recipient: Recipient,
    },
    LinkCreated {
        link: LinkId,
        level: Level,
        label: Option<String>,
    },
    LinkRevoked {
        link: LinkId,
    },
    /// In the guest's own stream, so that a popular link never fights itself.
    LinkRedeemed {
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
    TokenIssued {
        token: TokenId,
        #[serde(with = "hex_bytes")]
        sha256: [u8; 32],
        label: Option<String>,
    },
    TokenRevoked {
        token: TokenId,
    },
    ProjectCreated {
        name: String,
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
            Self::DocumentPurged { .. } => 7,
            Self::PermissionGranted { .. } => 10,
            Self::PermissionRevoked { .. } => 11,
            Self::LinkCreated { .. } => 20,
            Self::LinkRevoked { .. } => 21,
            Self::LinkRedeemed { .. } => 22,
            Self::GuestAdmitted { .. } => 30,
            Self::GuestRenamed { .. } => 31,
            Self::ServiceRegistered { .. } => 32,
            Self::TokenIssued { .. } => 40,
            Self::TokenRevoked { .. } => 41,
            Self::ProjectCreated { .. } => 50,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        bytes: &[u8; 32],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| D::Error::custom("expected 64 hexadecimal digits"))
    }

    fn parse(text: &str) -> Option<[u8; 32]> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(bytes)
    }
}
