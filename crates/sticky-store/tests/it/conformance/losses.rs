//! Every way of losing a right, against the fence.

use sticky_domain::access::{Caller, Claim, Level, Presence, Recipient, Role, Scope};
use sticky_domain::event::Fact;
use sticky_domain::fence::RightKey;
use sticky_domain::id::{DocumentId, LinkId, TokenId};
use sticky_domain::link::{Audience, LinkTerms};
use sticky_domain::password::Password;
use sticky_domain::port::{Access as _, AppendError, EventStore as _, ReadModel as _, RecordError};
use sticky_domain::stream::StreamId;
use sticky_domain::time::Timestamp;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{
    PROJECT, added, append, caller, document, give, grant, group, guest, id, link, link_with,
    principal, right, update_under,
};

/// A way of losing a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Revoke,
    Downgrade,
    LeaveGroup,
    GroupLeavesGroup,
    GroupDeleted,
    LeaveProject,
    LowerRole,
    LinkOff,
    LinkLowered,
    LinkNarrowed,
    /// Of someone who comes by it as themselves.
    HeldLinkOff,
    GuestRemoved,
    TokenRevoked,
    SignedOut,
    UserDeleted,
    Trash,
}

impl Way {
    pub(crate) const ALL: [Self; 16] = [
        Self::Revoke,
        Self::Downgrade,
        Self::LeaveGroup,
        Self::GroupLeavesGroup,
        Self::GroupDeleted,
        Self::LeaveProject,
        Self::LowerRole,
        Self::LinkOff,
        Self::LinkLowered,
        Self::LinkNarrowed,
        Self::HeldLinkOff,
        Self::GuestRemoved,
        Self::TokenRevoked,
        Self::SignedOut,
        Self::UserDeleted,
        Self::Trash,
    ];
}

/// A right that is about to be lost, and the fact that takes it.
pub(crate) struct Loss {
    pub(crate) caller: Caller,
    pub(crate) stream: StreamId,
    pub(crate) fact: Fact,
    pub(crate) key: RightKey,
}

/// Someone who may edit the document, and what ends that.
pub(crate) async fn loss(store: &Store, document: DocumentId, way: Way) -> Loss {
    match way {
        Way::Revoke | Way::Downgrade | Way::Trash => of_document(store, document, way).await,
        Way::LeaveGroup | Way::GroupLeavesGroup | Way::GroupDeleted => {
            of_group(store, document, way).await
        }
        Way::LeaveProject | Way::LowerRole => of_project(store, way).await,
        Way::LinkOff | Way::LinkLowered | Way::LinkNarrowed => of_link(store, document, way).await,
        Way::HeldLinkOff | Way::GuestRemoved => of_holder(store, document, way).await,
        Way::TokenRevoked => of_token(store, document).await,
        Way::SignedOut | Way::UserDeleted => of_user(store, document, way).await,
    }
}

async fn of_document(store: &Store, document: DocumentId, way: Way) -> Loss {
    let (who, stream) = (principal(), StreamId::document(document));
    append(store, stream, vec![grant(who, Level::Editor)]).await.unwrap();
    let recipient = Recipient::Principal(who);
    let fact = match way {
        Way::Revoke => Fact::PermissionRevoked { recipient },
        Way::Downgrade => Fact::PermissionGranted {
            recipient,
            level: Level::Viewer,
            replaces: Some(Level::Editor),
        },
        _ => Fact::DocumentTrashed {},
    };
    Loss {
        caller: caller(&[Claim::Principal(who)]),
        stream,
        fact,
        key: RightKey::Document(document),
    }
}

async fn of_group(store: &Store, document: DocumentId, way: Way) -> Loss {
    let who = principal();
    let inner = group(store, &[Recipient::Principal(who)]).await;
    let outer = group(store, &[Recipient::Group(inner)]).await;
    give(store, document, Recipient::Group(outer), Level::Editor).await;
    let (lost, fact) = match way {
        Way::LeaveGroup => (inner, Fact::MemberRemoved { member: Recipient::Principal(who) }),
        Way::GroupLeavesGroup => (outer, Fact::MemberRemoved { member: Recipient::Group(inner) }),
        _ => (inner, Fact::GroupDeleted {}),
    };
    let stream = StreamId::group(lost);
    Loss { caller: caller(&[Claim::Principal(who)]), stream, fact, key: RightKey::Group(lost) }
}

async fn of_project(store: &Store, way: Way) -> Loss {
    let (who, stream) = (principal(), StreamId::project(PROJECT));
    let member = Recipient::Principal(who);
    append(store, stream, vec![added(member, Role::Member)]).await.unwrap();
    let fact = match way {
        Way::LeaveProject => Fact::MemberRemoved { member },
        _ => Fact::MemberRoleChanged { member, role: Role::Guest, replaces: Role::Member },
    };
    Loss { caller: caller(&[Claim::Principal(who)]), stream, fact, key: RightKey::Project(PROJECT) }
}

async fn of_link(store: &Store, document: DocumentId, way: Way) -> Loss {
    let link = link(store, document, Level::Editor).await;
    let (guest, _) = guest(store, "Ana").await;
    let fact = match way {
        Way::LinkOff => Fact::LinkRevoked { link },
        _ => {
            let replaces = LinkTerms::open(Level::Editor);
            let terms = match way {
                Way::LinkLowered => LinkTerms::open(Level::Viewer),
                _ => LinkTerms { audience: Audience::Shared, ..replaces.clone() },
            };
            Fact::LinkChanged { link, terms, replaces }
        }
    };
    let (caller, key) = (caller(&[Claim::Link { link, guest }]), RightKey::Link(link));
    Loss { caller, stream: StreamId::document(document), fact, key }
}

async fn of_holder(store: &Store, document: DocumentId, way: Way) -> Loss {
    let link = link(store, document, Level::Editor).await;
    let (guest, _) = guest(store, "Ana").await;
    let came = StreamId::principal(guest);
    append(store, came, vec![Fact::LinkRedeemed { link, document }]).await.unwrap();
    match way {
        Way::HeldLinkOff => Loss {
            caller: caller(&[Claim::Principal(guest)]),
            stream: StreamId::document(document),
            fact: Fact::LinkRevoked { link },
            key: RightKey::Link(link),
        },
        _ => Loss {
            caller: caller(&[Claim::Link { link, guest }, Claim::Principal(guest)]),
            stream: came,
            fact: Fact::GuestRemoved { link, document },
            key: RightKey::Principal(guest),
        },
    }
}

async fn of_token(store: &Store, document: DocumentId) -> Loss {
    let (service, token) = (principal(), TokenId(id()));
    give(store, document, Recipient::Principal(service), Level::Editor).await;
    let stream = StreamId::principal(service);
    let (sha256, scope) = (secret(), Scope::Write);
    let issued = Fact::TokenIssued { token, sha256, label: None, scope, until: None };
    append(store, stream, vec![issued]).await.unwrap();
    let caller = caller(&[Claim::Token { token, principal: service }]);
    Loss { caller, stream, fact: Fact::TokenRevoked { token }, key: RightKey::Token(token) }
}

async fn of_user(store: &Store, document: DocumentId, way: Way) -> Loss {
    let (user, login) = (principal(), TokenId(id()));
    give(store, document, Recipient::Principal(user), Level::Editor).await;
    let stream = StreamId::principal(user);
    let signed_in = Fact::SignedIn { token: login, by: "password".to_owned() };
    append(store, stream, vec![signed_in]).await.unwrap();
    let (fact, key) = match way {
        Way::SignedOut => (Fact::TokenRevoked { token: login }, RightKey::Token(login)),
        _ => (Fact::UserDeleted {}, RightKey::Principal(user)),
    };
    let caller = caller(&[Claim::Principal(user)]).resting_on(login);
    Loss { caller, stream, fact, key }
}

fn secret() -> [u8; 32] {
    let mut secret = [0; 32];
    secret[..16].copy_from_slice(id().as_bytes());
    secret
}

pub(crate) async fn nothing_is_recorded_after_any_loss(opened: Opened) {
    let store = opened.store;
    for way in Way::ALL {
        let document = document(&store, principal()).await;
        let Loss { caller, stream, fact, key } = loss(&store, document, way).await;
        let held = store.right(&caller, document).await.unwrap().unwrap();
        assert_eq!(held.level, Level::Editor, "{way:?}");
        let before = update_under(&held, "before");
        assert!(store.record(document, vec![before]).await[0].is_ok(), "{way:?}");
        append(&store, stream, vec![fact]).await.unwrap();
        let late = store.record(document, vec![update_under(&held, "after")]).await.remove(0);
        assert_eq!(late, Err(RecordError::Lapsed(key)), "{way:?}");
        let now = store.right(&caller, document).await.unwrap();
        let writes =
            now.is_some_and(|right| right.level.may_write() && right.presence == Presence::Live);
        assert!(!writes, "{way:?}");
    }
}

pub(crate) async fn a_link_ends_at_its_end(opened: Opened) {
    let (store, clock) = (opened.store, opened.clock);
    let document = document(&store, principal()).await;
    let end = clock.time().plus(std::time::Duration::from_secs(1));
    let terms = LinkTerms { expires_at: Some(end), ..LinkTerms::open(Level::Editor) };
    let link = link_with(&store, document, terms.clone()).await;
    let claim = Claim::Link { link, guest: guest(&store, "Ana").await.0 };
    let held = right(&store, claim, document).await.unwrap();
    assert_eq!(held.until, Some(end));
    assert!(store.record(document, vec![update_under(&held, "1")]).await[0].is_ok());
    clock.advance(1_000);
    let late = store.record(document, vec![update_under(&held, "2")]).await.remove(0);
    assert_eq!(late, Err(RecordError::Lapsed(RightKey::Link(link))));
    assert_eq!(right(&store, claim, document).await, None);
    let later = LinkTerms { expires_at: Some(end.plus(end.since(Timestamp(0)))), ..terms.clone() };
    let changed = Fact::LinkChanged { link, terms: later.clone(), replaces: terms };
    append(&store, StreamId::document(document), vec![changed]).await.unwrap();
    let again = right(&store, claim, document).await.unwrap();
    assert!(store.record(document, vec![update_under(&again, "3")]).await[0].is_ok());
    let endless = LinkTerms { expires_at: None, ..later.clone() };
    let changed = Fact::LinkChanged { link, terms: endless, replaces: later };
    append(&store, StreamId::document(document), vec![changed]).await.unwrap();
    assert_eq!(right(&store, claim, document).await.unwrap().until, None);
}

pub(crate) async fn a_link_lets_in_so_many(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let terms = LinkTerms { max_uses: Some(3), ..LinkTerms::open(Level::Viewer) };
    let link = link_with(&store, document, terms).await;
    let redeem = |link: LinkId| {
        let store = store.clone();
        tokio::spawn(async move {
            let redeemed = vec![Fact::LinkRedeemed { link, document }];
            append(&store, StreamId::principal(principal()), redeemed).await
        })
    };
    let tries: Vec<_> = (0..12).map(|_| redeem(link)).collect();
    let mut let_in = 0;
    for answer in tries {
        match answer.await.unwrap() {
            Ok(_) => let_in += 1,
            Err(refused) => assert_eq!(refused, AppendError::UsedUp(link)),
        }
    }
    assert_eq!(let_in, 3);
    assert_eq!(store.link(link).await.unwrap().unwrap().uses, 3);
    let unknown = LinkId(id());
    assert_eq!(redeem(unknown).await.unwrap(), Err(AppendError::UsedUp(unknown)));
}

pub(crate) async fn a_links_password_is_beside_the_log(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let with = |password| LinkTerms { password, ..LinkTerms::open(Level::Viewer) };
    let hashed = |hash: &str| Some(Password::hashed(hash.to_owned()));
    let link = link_with(&store, document, with(hashed("one"))).await;
    let kept = async || {
        let row = store.link(link).await.unwrap().unwrap();
        row.terms.password.and_then(|password| password.hash().map(str::to_owned))
    };
    assert_eq!(kept().await.as_deref(), Some("one"));
    let stream = StreamId::document(document);
    for (password, expected) in [
        (Some(Password::default()), Some("one")),
        (hashed("two"), Some("two")),
        (None, None),
        (hashed("three"), Some("three")),
    ] {
        let changed = Fact::LinkChanged {
            link,
            terms: with(password),
            replaces: with(Some(Password::default())),
        };
        append(&store, stream, vec![changed]).await.unwrap();
        assert_eq!(kept().await.as_deref(), expected);
    }
    let told = store.stream(stream, 0).await.unwrap();
    assert!(!format!("{told:?}").contains("withheld"), "{told:?}");
    assert_eq!(store.links(document).await.unwrap()[0].terms, with(hashed("three")));
}

pub(crate) async fn a_link_for_those_it_is_shared_with_rests_on_both(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let (reader, stranger) = (principal(), principal());
    let cooks = group(&store, &[Recipient::Principal(reader)]).await;
    give(&store, document, Recipient::Group(cooks), Level::Viewer).await;
    let terms = LinkTerms { audience: Audience::Shared, ..LinkTerms::open(Level::Editor) };
    let link = link_with(&store, document, terms).await;
    let by = |guest| Claim::Link { link, guest };
    assert_eq!(right(&store, by(stranger), document).await, None);
    let held = right(&store, by(reader), document).await.unwrap();
    assert_eq!(held.level, Level::Editor);
    let keys: Vec<_> = held.fence.iter().map(|held| held.key).collect();
    assert!(keys.contains(&RightKey::Link(link)) && keys.contains(&RightKey::Group(cooks)));
    let left = vec![Fact::MemberRemoved { member: Recipient::Principal(reader) }];
    append(&store, StreamId::group(cooks), left).await.unwrap();
    let late = store.record(document, vec![update_under(&held, "late")]).await.remove(0);
    assert_eq!(late, Err(RecordError::Lapsed(RightKey::Group(cooks))));
    assert_eq!(right(&store, by(reader), document).await, None);
}
