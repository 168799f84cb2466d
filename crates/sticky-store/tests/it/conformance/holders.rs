//! What a link gives whom it has let in: wherever they come from, and until it ends or an owner ends it for them.

use std::time::Duration;

use sticky_domain::access::{Claim, Level};
use sticky_domain::event::{Fact, Via};
use sticky_domain::fence::RightKey;
use sticky_domain::id::{DocumentId, LinkId, PrincipalId, ProjectId};
use sticky_domain::link::{Audience, LinkTerms};
use sticky_domain::port::{
    Directory as _, Insight, LinkGuestRow, ListFilter, ListRequest, Lists as _, Order, PageAt,
    Projections as _, ReadModel as _, Shelf, Target, Trash,
};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{append, document, grant, guest, id, link, link_with, principal, record, right};

async fn redeem(store: &Store, who: PrincipalId, link: LinkId, document: DocumentId) {
    let redeemed = Fact::LinkRedeemed { link, document };
    append(store, StreamId::principal(who), vec![redeemed]).await.unwrap();
}

async fn level(store: &Store, claim: Claim, document: DocumentId) -> Option<Level> {
    right(store, claim, document).await.map(|right| right.level)
}

async fn guests(store: &Store, link: LinkId) -> Vec<LinkGuestRow> {
    for lane in [Lane::Control, Lane::Content] {
        while store.advance(Target::live(Projection::Links), lane).await.unwrap().events > 0 {}
    }
    store.link_guests(link, None, 9).await.unwrap()
}

pub(crate) async fn whom_a_link_let_in_comes_by_it_from_anywhere(opened: Opened) {
    let (store, clock) = (opened.store, opened.clock);
    let (ana, note) = (principal(), document(&store, principal()).await);
    let end = clock.time().plus(Duration::from_secs(60));
    let terms = LinkTerms { expires_at: Some(end), ..LinkTerms::open(Level::Editor) };
    let link = link_with(&store, note, terms.clone()).await;
    let (as_ana, stream) = (Claim::Principal(ana), StreamId::document(note));
    assert_eq!(right(&store, as_ana, note).await, None);
    redeem(&store, ana, link, note).await;
    let held = right(&store, as_ana, note).await.unwrap();
    let keys: Vec<_> = held.fence.iter().map(|held| held.key).collect();
    let expected = [RightKey::Document(note), RightKey::Principal(ana), RightKey::Link(link)];
    assert_eq!(
        (held.level, held.via, keys.as_slice()),
        (Level::Editor, Via::Link(link), &expected[..])
    );
    assert_eq!(held.until, Some(end));
    append(&store, stream, vec![grant(ana, Level::Viewer)]).await.unwrap();
    assert_eq!(level(&store, as_ana, note).await, Some(Level::Editor), "the highest counts");
    append(&store, stream, vec![grant(ana, Level::Editor)]).await.unwrap();
    let granted = right(&store, as_ana, note).await.unwrap();
    assert_eq!((granted.via, granted.until), (Via::Direct, None), "of two the one that lasts");
    append(&store, stream, vec![grant(ana, Level::Viewer)]).await.unwrap();
    let shared = LinkTerms { audience: Audience::Shared, ..terms.clone() };
    for (now, before, expected) in
        [(shared.clone(), terms.clone(), Level::Viewer), (terms.clone(), shared, Level::Editor)]
    {
        let changed = Fact::LinkChanged { link, terms: now, replaces: before };
        append(&store, stream, vec![changed]).await.unwrap();
        assert_eq!(level(&store, as_ana, note).await, Some(expected));
    }
    assert_eq!(store.held_links(&[ana], clock.time()).await, Ok(vec![link]));
    append(&store, stream, vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(level(&store, as_ana, note).await, Some(Level::Viewer), "as it was given to her");
    append(&store, stream, vec![Fact::DocumentRestored {}]).await.unwrap();
    clock.advance(60_000);
    assert_eq!(level(&store, as_ana, note).await, Some(Level::Viewer), "it has ended");
    assert_eq!(store.held_links(&[ana], clock.time()).await, Ok(vec![]));
}

pub(crate) async fn what_a_link_opens_is_in_its_list(opened: Opened) {
    let store = opened.store;
    let note = document(&store, principal()).await;
    let link = link(&store, note, Level::Viewer).await;
    let listed = async || {
        while store.advance(Target::live(Projection::Notes), Lane::Control).await.unwrap().events
            > 0
        {}
        let request = ListRequest {
            lists: vec![link.0],
            project: None::<ProjectId>,
            shelf: Shelf::Shared,
            trash: Trash::Without,
            query: String::new(),
            filter: ListFilter::default(),
            insight: Insight::Owned,
            order: Order::NEWEST,
            at: PageAt::Number(1),
            size: 9,
        };
        let version = store.version(&[link.0]).await.unwrap();
        (store.page(&request).await.unwrap().items.len(), version)
    };
    let (count, before) = listed().await;
    assert_eq!(count, 1);
    append(&store, StreamId::document(note), vec![Fact::LinkRevoked { link }]).await.unwrap();
    let (count, after) = listed().await;
    assert!(count == 0 && after > before);
}

pub(crate) async fn a_guest_who_was_a_user_keeps_the_link(opened: Opened) {
    let store = opened.store;
    let (ana, note) = (principal(), document(&store, principal()).await);
    let link = link(&store, note, Level::Editor).await;
    let ((fox, _), (owl, _)) = (guest(&store, "Fox").await, guest(&store, "Owl").await);
    let (as_ana, _) = guest(&store, "Ana").await;
    for guest in [fox, owl] {
        redeem(&store, guest, link, note).await;
    }
    let came = guests(&store, link).await;
    assert_eq!(came.iter().map(|row| row.principal).collect::<Vec<_>>(), [fox, owl]);
    opened.clock.advance(1_000);
    let kept = Fact::LinkKept { link, document: note, guest: fox };
    append(&store, StreamId::principal(as_ana), vec![kept]).await.unwrap();
    let promoted = Fact::GuestPromoted { user: as_ana };
    append(&store, StreamId::principal(fox), vec![promoted]).await.unwrap();
    assert_eq!(level(&store, Claim::Principal(as_ana), note).await, Some(Level::Editor));
    assert_eq!(level(&store, Claim::Principal(ana), note).await, None);
    let rows = guests(&store, link).await;
    let told: Vec<_> = rows.iter().map(|row| (row.principal, row.used.openings)).collect();
    assert_eq!(told, [(owl, 1), (as_ana, 1)], "what the guest did, the user did");
    assert_eq!(rows[1].redeemed_at, came[0].redeemed_at, "from the beginning");
    assert_eq!(store.link(link).await.unwrap().unwrap().uses, 2);
    record(&store, note, "x").await;
}

pub(crate) async fn whom_an_owner_removes_is_out_and_nobody_else(opened: Opened) {
    let store = opened.store;
    let note = document(&store, principal()).await;
    let link = link(&store, note, Level::Editor).await;
    let ((fox, _), (owl, _)) = (guest(&store, "Fox").await, guest(&store, "Owl").await);
    let user = principal();
    for guest in [fox, owl] {
        redeem(&store, guest, link, note).await;
    }
    let removed = || Fact::GuestRemoved { link, document: note };
    append(&store, StreamId::principal(fox), vec![removed()]).await.unwrap();
    let by = |guest| Claim::Link { link, guest };
    assert_eq!(level(&store, by(fox), note).await, None);
    assert_eq!(level(&store, by(owl), note).await, Some(Level::Editor));
    redeem(&store, fox, link, note).await;
    assert_eq!(level(&store, by(fox), note).await, None, "out for good");
    let kept = Fact::LinkKept { link, document: note, guest: fox };
    append(&store, StreamId::principal(user), vec![kept]).await.unwrap();
    assert_eq!(
        level(&store, Claim::Principal(user), note).await,
        None,
        "whoever they turn out to be"
    );
    assert_eq!(store.held_links(&[user], opened.clock.time()).await, Ok(vec![]));
    let unknown = LinkId(id());
    assert_eq!(store.link_guests(unknown, None, 9).await, Ok(vec![]));
}
