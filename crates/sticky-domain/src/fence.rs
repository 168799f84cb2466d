//! The write fence: every append names the keys that its right rests on, and commits only while none of them has been lessened.

use crate::event::Fact;
use crate::id::{DocumentId, LinkId, PrincipalId, ProjectId, TokenId};
use crate::stream::{StreamId, StreamKind};

/// Something that a right rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RightKey {
    Document(DocumentId),
    Principal(PrincipalId),
    Link(LinkId),
    Project(ProjectId),
    Token(TokenId),
}

impl RightKey {
    /// The kind and id that the tables store.
    pub const fn parts(self) -> (i16, uuid::Uuid) {
        match self {
            Self::Document(id) => (1, id.0),
            Self::Principal(id) => (2, id.0),
            Self::Link(id) => (3, id.0),
            Self::Project(id) => (4, id.0),
            Self::Token(id) => (5, id.0),
        }
    }
}

/// A key as it stood when a right was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyVersion {
    pub key: RightKey,
    pub version: u64,
}

/// The key whose version a fact raises, if it lessens a right. Facts that only widen rights raise nothing,
/// so that nobody has to look anything up again.
pub fn lessened(stream: StreamId, fact: &Fact) -> Option<RightKey> {
    match fact {
        Fact::DocumentTrashed {} | Fact::DocumentPurged { .. } | Fact::PermissionRevoked { .. } => {
            Some(document_of(stream))
        }
        Fact::PermissionGranted { level, replaces: Some(before), .. } if level < before => {
            Some(document_of(stream))
        }
        Fact::LinkRevoked { link } => Some(RightKey::Link(*link)),
        Fact::TokenRevoked { token } => Some(RightKey::Token(*token)),
        _ => None,
    }
}

fn document_of(stream: StreamId) -> RightKey {
    debug_assert_eq!(
        stream.kind,
        StreamKind::Document,
        "only a document's stream holds its grants"
    );
    RightKey::Document(DocumentId(stream.id))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::access::{Level, Recipient};

    const DOCUMENT: DocumentId = DocumentId(Uuid::from_u128(1));
    const LINK: LinkId = LinkId(Uuid::from_u128(2));
    const SOMEONE: PrincipalId = PrincipalId(Uuid::from_u128(3));

    fn granted(level: Level, replaces: Option<Level>) -> Fact {
        Fact::PermissionGranted { recipient: Recipient::Principal(SOMEONE), level, replaces }
    }

    #[test]
    fn only_what_lessens_a_right_raises_a_key() {
        let document = Some(RightKey::Document(DOCUMENT));
        let table = [
            (Fact::DocumentTrashed {}, document),
            (Fact::DocumentRestored {}, None),
            (Fact::DocumentPurged { project: ProjectId(Uuid::nil()), links: Vec::new() }, document),
            (Fact::PermissionRevoked { recipient: Recipient::Principal(SOMEONE) }, document),
            (granted(Level::Editor, None), None),
            (granted(Level::Owner, Some(Level::Editor)), None),
            (granted(Level::Editor, Some(Level::Editor)), None),
            (granted(Level::Viewer, Some(Level::Editor)), document),
            (Fact::LinkRevoked { link: LINK }, Some(RightKey::Link(LINK))),
        ];
        for (fact, expected) in table {
            assert_eq!(lessened(StreamId::document(DOCUMENT), &fact), expected, "{fact:?}");
        }
    }
}
