use sticky_domain::access::{Caller, Claim, Level, Presence, Scope};
use sticky_domain::event::{Fact, Via};
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{DocumentId, LinkId, ProjectId, TokenId};
use sticky_domain::port::{Access as _, EventStore as _, RecordError};
use sticky_domain::stream::StreamId;

use crate::engines::Opened;
use crate::world::{
    PROJECT, append, caller, document, grant, guest, id, link, principal, right, update_under,
};

pub(crate) async fn each_claim_gives_its_level(opened: Opened) {
    let store = opened.store;
    let (owner, viewer, stranger) = (principal(), principal(), principal());
    let one = document(&store, owner).await;
    let other = document(&store, principal()).await;
    append(&store, StreamId::document(one), vec![grant(viewer, Level::Viewer)]).await.unwrap();
    let read = link(&store, one, Level::Viewer).await;
    let edit = link(&store, one, Level::Editor).await;
    let off = link(&store, one, Level::Editor).await;
    let revoked = vec![Fact::LinkRevoked { link: off }];
    append(&store, StreamId::document(one), revoked).await.unwrap();
    let live = TokenId(id());
    let ended = TokenId(id());
    let issued = |token, byte| Fact::TokenIssued {
        token,
        sha256: [byte; 32],
        label: None,
        scope: Scope::Write,
        until: None,
    };
    let tokens = vec![issued(live, 1), issued(ended, 2), Fact::TokenRevoked { token: ended }];
    append(&store, StreamId::principal(owner), tokens).await.unwrap();
    let through = |link| Claim::Link { link, guest: stranger };
    let with = |token, principal| Claim::Token { token, principal };
    let table = [
        (Claim::Principal(owner), one, Some(Level::Owner)),
        (Claim::Principal(viewer), one, Some(Level::Viewer)),
        (Claim::Principal(stranger), one, None),
        (Claim::Principal(owner), other, None),
        (Claim::Principal(owner), DocumentId(id()), None),
        (through(read), one, Some(Level::Viewer)),
        (through(edit), one, Some(Level::Editor)),
        (through(off), one, None),
        (through(edit), other, None),
        (through(LinkId(id())), one, None),
        (with(live, owner), one, Some(Level::Owner)),
        (with(live, viewer), one, None),
        (with(ended, owner), one, None),
        (with(TokenId(id()), owner), one, None),
        (Claim::LocalDev(stranger), other, Some(Level::Owner)),
        (Claim::LocalDev(stranger), DocumentId(id()), None),
    ];
    for (claim, document, expected) in table {
        let level = right(&store, claim, document).await.map(|right| right.level);
        assert_eq!(level, expected, "{claim:?}");
    }
}

pub(crate) async fn the_highest_claim_wins_and_the_cap_holds(opened: Opened) {
    let store = opened.store;
    let owner = principal();
    let document = document(&store, owner).await;
    let read = link(&store, document, Level::Viewer).await;
    let edit = link(&store, document, Level::Editor).await;
    let (first, second, third) = (principal(), principal(), principal());
    let claims = [
        Claim::Principal(first),
        Claim::Link { link: read, guest: second },
        Claim::Link { link: edit, guest: third },
    ];
    let got = store.right(&caller(&claims), document).await.unwrap().unwrap();
    assert_eq!((got.level, got.principal, got.via), (Level::Editor, third, Via::Link(edit)));
    let keys: Vec<_> = got.fence.iter().map(|held| held.key).collect();
    let expected = [RightKey::Document(document), RightKey::Principal(third), RightKey::Link(edit)];
    assert_eq!(keys, expected);
    append(&store, StreamId::document(document), vec![grant(first, Level::Editor)]).await.unwrap();
    let tie = store.right(&caller(&claims), document).await.unwrap().unwrap();
    assert_eq!((tie.principal, tie.via), (first, Via::Direct), "the strongest identity first");
    let capped = caller(&[Claim::Principal(owner)]).at_most(Level::Viewer);
    let capped = store.right(&capped, document).await.unwrap().unwrap();
    assert_eq!(capped.level, Level::Viewer);
}

pub(crate) async fn trash_is_seen_by_those_it_was_given_to(opened: Opened) {
    let store = opened.store;
    let owner = principal();
    let document = document(&store, owner).await;
    let link = link(&store, document, Level::Editor).await;
    let stream = StreamId::document(document);
    let (owner, through) = (Claim::Principal(owner), Claim::Link { link, guest: principal() });
    let presence = async |claim| right(&store, claim, document).await.map(|right| right.presence);
    assert_eq!(presence(through).await, Some(Presence::Live));
    append(&store, stream, vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(presence(owner).await, Some(Presence::Trashed));
    assert_eq!(presence(through).await, None);
    append(&store, stream, vec![Fact::DocumentRestored {}]).await.unwrap();
    assert_eq!(presence(owner).await, Some(Presence::Live));
    assert_eq!(presence(through).await, Some(Presence::Live));
}

pub(crate) async fn nothing_crosses_projects(opened: Opened) {
    let store = opened.store;
    let owner = principal();
    let document = document(&store, owner).await;
    let link = link(&store, document, Level::Editor).await;
    let claims =
        vec![Claim::Principal(owner), Claim::Link { link, guest: owner }, Claim::LocalDev(owner)];
    let elsewhere = caller(&claims).within(ProjectId(id()));
    assert_eq!(store.right(&elsewhere, document).await, Ok(None));
    let found = store.right(&caller(&claims).within(PROJECT), document).await.unwrap().unwrap();
    assert_eq!((found.level, found.project), (Level::Owner, PROJECT));
    let foreign = Caller::new(ProjectId(id()), vec![Claim::LocalDev(owner)]);
    assert_eq!(store.right(&foreign, document).await, Ok(None), "local-dev owns its own project");
    let shared = Caller::new(ProjectId(id()), vec![Claim::Principal(owner)]);
    assert!(store.right(&shared, document).await.unwrap().is_some(), "grants reach across");
}

pub(crate) async fn a_right_carries_who_acts(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let link = link(&store, document, Level::Viewer).await;
    let (guest, root) = guest(&store, "Ana").await;
    let known = right(&store, Claim::Link { link, guest }, document).await.unwrap();
    assert_eq!((known.name.as_str(), known.root, known.until), ("Ana", root, None));
    let nobody = principal();
    let unknown = right(&store, Claim::LocalDev(nobody), document).await.unwrap();
    assert_eq!((unknown.root, unknown.name.is_empty()), (nobody.into(), false));
}

pub(crate) async fn all_that_a_caller_shows_ends_with_the_login(opened: Opened) {
    let store = opened.store;
    let (user, login) = (principal(), TokenId(id()));
    let signed_in = Fact::SignedIn { token: login, by: "password".to_owned() };
    append(&store, StreamId::principal(user), vec![signed_in]).await.unwrap();
    let (own, other) = (document(&store, user).await, document(&store, principal()).await);
    let link = link(&store, other, Level::Editor).await;
    let claims = [Claim::Principal(user), Claim::Link { link, guest: user }];
    let caller = caller(&claims).resting_on(login);
    let mut rights = Vec::new();
    for (document, via) in [(own, Via::Direct), (other, Via::Link(link))] {
        let right = store.right(&caller, document).await.unwrap().unwrap();
        assert_eq!(right.via, via);
        let key = KeyVersion { key: RightKey::Token(login), version: 0 };
        assert!(right.fence.contains(&key), "{:?}", right.fence);
        rights.push((document, right));
    }
    append(&store, StreamId::principal(user), vec![Fact::TokenRevoked { token: login }])
        .await
        .unwrap();
    for (document, right) in rights {
        assert_eq!(store.right(&caller, document).await, Ok(None));
        let late = store.record(document, vec![update_under(&right, "late")]).await.remove(0);
        assert_eq!(late, Err(RecordError::Lapsed(RightKey::Token(login))));
    }
}
