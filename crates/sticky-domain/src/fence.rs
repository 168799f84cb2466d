//! The write fence: every append names the keys that its right rests on, and commits only while none of them has been lessened.

use crate::event::Fact;
use crate::id::{DocumentId, GroupId, LinkId, PrincipalId, ProjectId, TokenId};
use crate::stream::{StreamId, StreamKind};
use crate::time::Timestamp;

/// Something that a right rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RightKey {
    Document(DocumentId),
    Principal(PrincipalId),
    Link(LinkId),
    Project(ProjectId),
    Token(TokenId),
    Group(GroupId),
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
            Self::Group(id) => (6, id.0),
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
        Fact::LinkChanged { link, terms, replaces } if terms.lessen(replaces) => {
            Some(RightKey::Link(*link))
        }
        Fact::GroupDeleted {} | Fact::MemberRemoved { .. } => Some(company_of(stream)),
        Fact::MemberRoleChanged { role, replaces, .. } if role < replaces => {
            Some(company_of(stream))
        }
        Fact::TokenRevoked { token } => Some(RightKey::Token(*token)),
        Fact::UserDeleted {}
        | Fact::AdminDismissed {}
        | Fact::GuestPromoted { .. }
        | Fact::GuestRemoved { .. } => Some(RightKey::Principal(PrincipalId(stream.id))),
        _ => None,
    }
}

/// When a key ends from now on, if the fact says so; its inside is `None` when it no longer ends.
pub fn ending(fact: &Fact) -> Option<(RightKey, Option<Timestamp>)> {
    match fact {
        Fact::LinkCreated { link, terms } if terms.expires_at.is_some() => {
            Some((RightKey::Link(*link), terms.expires_at))
        }
        Fact::LinkChanged { link, terms, replaces } if terms.expires_at != replaces.expires_at => {
            Some((RightKey::Link(*link), terms.expires_at))
        }
        Fact::TokenIssued { token, until, .. } if until.is_some() => {
            Some((RightKey::Token(*token), *until))
        }
        _ => None,
    }
}

/// The group or project whose members a stream tells.
fn company_of(stream: StreamId) -> RightKey {
    match stream.kind {
        StreamKind::Group => RightKey::Group(GroupId(stream.id)),
        _ => RightKey::Project(ProjectId(stream.id)),
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
    use crate::access::{Level, Recipient, Role};
    use crate::link::LinkTerms;

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
            (changed(Level::Viewer, Level::Editor), Some(RightKey::Link(LINK))),
            (changed(Level::Editor, Level::Viewer), None),
        ];
        for (fact, expected) in table {
            assert_eq!(lessened(StreamId::document(DOCUMENT), &fact), expected, "{fact:?}");
        }
        let of_someone = |fact| lessened(StreamId::principal(SOMEONE), &fact);
        let someone = Some(RightKey::Principal(SOMEONE));
        assert_eq!(of_someone(Fact::UserDeleted {}), someone);
        assert_eq!(of_someone(Fact::AdminDismissed {}), someone);
        assert_eq!(of_someone(Fact::AdminAppointed {}), None);
        assert_eq!(of_someone(Fact::GuestRemoved { link: LINK, document: DOCUMENT }), someone);
    }

    fn changed(level: Level, before: Level) -> Fact {
        let (terms, replaces) = (LinkTerms::open(level), LinkTerms::open(before));
        Fact::LinkChanged { link: LINK, terms, replaces }
    }

    #[test]
    fn leaving_a_group_or_a_project_raises_its_key() {
        let member = Recipient::Principal(SOMEONE);
        let role = |role, replaces| Fact::MemberRoleChanged { member, role, replaces };
        let table = [
            (Fact::MemberAdded { member, role: Role::Owner }, false),
            (Fact::MemberRemoved { member }, true),
            (role(Role::Viewer, Role::Member), true),
            (role(Role::Member, Role::Viewer), false),
        ];
        let (group, project) = (GroupId(Uuid::from_u128(4)), ProjectId(Uuid::from_u128(5)));
        for (fact, lessens) in table {
            for (stream, key) in [
                (StreamId::group(group), RightKey::Group(group)),
                (StreamId::project(project), RightKey::Project(project)),
            ] {
                assert_eq!(lessened(stream, &fact), lessens.then_some(key), "{fact:?}");
            }
        }
    }

    #[test]
    fn a_key_ends_when_its_link_does() {
        let terms = |expires_at| LinkTerms { expires_at, ..LinkTerms::open(Level::Viewer) };
        let end = Some(Timestamp(9));
        let changed = |now, before| Fact::LinkChanged {
            link: LINK,
            terms: terms(now),
            replaces: terms(before),
        };
        let key = RightKey::Link(LINK);
        let table = [
            (Fact::LinkCreated { link: LINK, terms: terms(None) }, None),
            (Fact::LinkCreated { link: LINK, terms: terms(end) }, Some((key, end))),
            (changed(end, end), None),
            (changed(end, None), Some((key, end))),
            (changed(None, end), Some((key, None))),
        ];
        for (fact, expected) in table {
            assert_eq!(ending(&fact), expected, "{fact:?}");
        }
    }
}
