use std::sync::Arc;

use sticky_domain::access::{Claim, Level, Recipient, Role};
use sticky_domain::event::Fact;
use sticky_domain::id::{DocumentId, GroupId, PrincipalId};
use sticky_domain::port::{Target, Within};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};
use sticky_domain::usecase::{Finding, Hit};

use crate::engines::Opened;
use crate::projections::plain::{ports, projector};
use crate::world::{PROJECT, append, caller, document, grant, id, principal, record, titled};

/// What a principal finds, once the read models have come to the end of the log.
async fn find(opened: &Opened, principal: PrincipalId, query: &str) -> Vec<Hit> {
    let projector = projector(opened);
    for lane in [Lane::Control, Lane::Content] {
        projector.catch_up(lane).await.unwrap();
    }
    while projector.refresh_texts(Target::live(Projection::Notes)).await.unwrap() > 0 {}
    let finding = Finding::new(ports(opened), projector, Arc::new(opened.store.clone()));
    finding.find(&caller(&[Claim::Principal(principal)]), query, 10).await.unwrap()
}

async fn found(opened: &Opened, principal: PrincipalId, query: &str) -> Vec<(DocumentId, Within)> {
    find(opened, principal, query).await.iter().map(|hit| (hit.row.id, hit.within)).collect()
}

pub(crate) async fn titles_are_found_with_typos_and_texts_by_words_and_beginnings(opened: Opened) {
    let ana = principal();
    let titled = titled(&opened.store, ana, Some("The Document")).await;
    opened.clock.advance(1);
    let written = document(&opened.store, ana).await;
    record(&opened.store, written, "Shopping\n\nCrème fraîche and documentation").await;
    for (query, expected) in [
        ("document", vec![(titled, Within::Title), (written, Within::Everything)]),
        ("documnt", vec![(titled, Within::NearTitle)]),
        ("THE docu", vec![(titled, Within::Title)]),
        ("creme", vec![(written, Within::Everything)]),
        ("shopping fraiche", vec![(written, Within::Everything)]),
        ("shoping", vec![(written, Within::NearTitle)]),
        ("fraiche zzz", vec![]),
        ("mentation", vec![]),
        ("\"document\" AND (NOT title:* OR ')", vec![]),
    ] {
        assert_eq!(found(&opened, ana, query).await, expected, "{query}");
    }
    let hits = find(&opened, ana, "fraiche").await;
    let pieces: Vec<_> = hits[0].snippet.iter().filter(|piece| piece.hit).collect();
    assert_eq!((pieces.len(), pieces[0].text.as_str()), (1, "fraîche"));
}

pub(crate) async fn only_what_one_has_is_found(opened: Opened) {
    let (ana, ben) = (principal(), principal());
    let secret = titled(&opened.store, ana, Some("Secret plan")).await;
    let stream = StreamId::document(secret);
    let (everywhere, nowhere) = (vec![(secret, Within::Title)], vec![]);
    assert_eq!(found(&opened, ana, "secret").await, everywhere);
    assert_eq!(found(&opened, ben, "secret").await, nowhere);
    append(&opened.store, stream, vec![grant(ben, Level::Viewer)]).await.unwrap();
    assert_eq!(found(&opened, ben, "secret").await, everywhere);
    let revoked = Fact::PermissionRevoked { recipient: Recipient::Principal(ben) };
    append(&opened.store, stream, vec![revoked]).await.unwrap();
    assert_eq!(found(&opened, ben, "secret").await, nowhere);
    append(&opened.store, stream, vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(found(&opened, ana, "secret").await, nowhere);
    let renamed = Fact::DocumentRenamed { title: Some("Public plan".to_owned()) };
    append(&opened.store, stream, vec![Fact::DocumentRestored {}, renamed]).await.unwrap();
    assert_eq!(found(&opened, ana, "secret").await, nowhere);
    assert_eq!(found(&opened, ana, "public").await, everywhere);
}

pub(crate) async fn what_a_group_or_a_project_has_is_found_by_whoever_is_in_it(opened: Opened) {
    let note = titled(&opened.store, principal(), Some("Recipe")).await;
    let (cook, viewer, guest) = (principal(), principal(), principal());
    let (inner, outer) = (GroupId(id()), GroupId(id()));
    let added = |member, role| vec![Fact::MemberAdded { member, role }];
    let one = Recipient::Principal;
    for (stream, joins) in [
        (StreamId::group(inner), added(one(cook), Role::Member)),
        (StreamId::group(outer), added(Recipient::Group(inner), Role::Member)),
        (StreamId::project(PROJECT), added(one(viewer), Role::Viewer)),
        (StreamId::project(PROJECT), added(one(guest), Role::Guest)),
    ] {
        append(&opened.store, stream, joins).await.unwrap();
    }
    let recipient = Recipient::Group(outer);
    let given = Fact::PermissionGranted { recipient, level: Level::Viewer, replaces: None };
    append(&opened.store, StreamId::document(note), vec![given]).await.unwrap();
    let everywhere = vec![(note, Within::Title)];
    assert_eq!(found(&opened, cook, "recipe").await, everywhere);
    assert_eq!(found(&opened, viewer, "recipe").await, everywhere);
    assert_eq!(found(&opened, guest, "recipe").await, []);
    let leaves = vec![Fact::MemberRemoved { member: Recipient::Group(inner) }];
    append(&opened.store, StreamId::group(outer), leaves).await.unwrap();
    assert_eq!(found(&opened, cook, "recipe").await, []);
}

pub(crate) async fn scripts_without_spaces_are_found_by_any_part(opened: Opened) {
    let ana = principal();
    let note = document(&opened.store, ana).await;
    record(&opened.store, note, "これは日本語のメモです").await;
    let other = document(&opened.store, ana).await;
    record(&opened.store, other, "日本と本語").await;
    for (query, expected) in
        [("日本語", vec![note]), ("メモ", vec![note]), ("語", vec![note, other]), ("中国", vec![])]
    {
        let mut ids: Vec<_> =
            found(&opened, ana, query).await.into_iter().map(|(id, _)| id).collect();
        ids.sort();
        assert_eq!(ids, expected, "{query}");
    }
}

pub(crate) async fn a_rebuilt_index_finds_the_same(opened: Opened) {
    let ana = principal();
    let note = document(&opened.store, ana).await;
    record(&opened.store, note, "Milk and honey").await;
    let before = found(&opened, ana, "honey").await;
    assert_eq!(before, [(note, Within::Title)]);
    projector(&opened).rebuild(Projection::Notes, &|_| {}).await.unwrap();
    assert_eq!(found(&opened, ana, "honey").await, before);
}
