use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use uuid::Uuid;

use super::Digest;
use crate::event::{Actor, Body, Event, Fact, Via};
use crate::id::{DocumentId, PrincipalId, RootId};
use crate::op_key::OpKey;
use crate::port::PastEvent;
use crate::time::Timestamp;

/// One line. First the heading, then updates, then facts, each behind the person who made it if they were not named yet;
/// last the ending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "lowercase")]
pub enum Record {
    Document(Heading),
    Person(Person),
    Update {
        envelope: Envelope,
        #[serde(with = "text")]
        update: Bytes,
    },
    Fact {
        envelope: Envelope,
        fact: Fact,
    },
    End(Ending),
}

/// What the export is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Named so that nobody takes another program's lines for ours.
    pub sticky_export: u32,
    pub document: DocumentId,
}

/// Someone who acted. Without a name they were not known where the export was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PrincipalId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who their Yjs client ids belong to.
    pub root: RootId,
}

/// How something was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub seq: u64,
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    pub actor: PrincipalId,
    pub via: Via,
    /// The operation key.
    pub op: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Uuid>,
}

/// What there should have been before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub updates: u64,
    pub facts: u64,
    /// The SHA-256 of all lines before this one.
    #[serde(with = "crate::hex")]
    pub lines_sha256: Digest,
}

impl From<Event> for Record {
    fn from(event: Event) -> Self {
        let envelope = Envelope {
            seq: event.seq,
            at: event.recorded_at,
            actor: event.actor.principal,
            via: event.actor.via,
            op: Uuid::from_bytes(event.op.0),
            correlation: event.actor.correlation,
        };
        match event.body {
            Body::Update(update) => Self::Update { envelope, update },
            Body::Fact(fact) => Self::Fact { envelope, fact },
        }
    }
}

impl Envelope {
    /// What is to be recorded again.
    pub fn with(self, body: Body) -> PastEvent {
        let Self { seq, at, actor, via, op, correlation } = self;
        PastEvent {
            seq,
            actor: Actor { principal: actor, via, correlation },
            op: OpKey(op.into_bytes()),
            recorded_at: at,
            body,
        }
    }
}

mod text {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}

mod rfc3339 {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time.to_rfc3339())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::from_rfc3339(&text)
            .ok_or_else(|| D::Error::custom("expected a time of RFC 3339"))
    }
}
