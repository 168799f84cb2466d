use sticky_domain::access::Level;
use sticky_domain::event::{Actor, Fact, Via};
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::port::{
    Clock as _, EventStore as _, NewUpdate, Projections as _, ReadModel as _, Target,
};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};
use sticky_store::Store;

use super::dump::{dump, tamper};
use super::plain::projector;
use crate::engines::Opened;
use crate::world::{append, document, link, principal, record, titled, update};

pub(super) async fn record_through(store: &Store, document: DocumentId, link: LinkId, text: &str) {
    let update = update(principal(), &[], text);
    let actor = Actor { via: Via::Link(link), ..update.actor };
    store.record(document, vec![NewUpdate { actor, ..update }]).await.remove(0).unwrap();
}

/// A fact of a version that nobody knows.
const UNREADABLE: &str = "
    insert into event (kind, stream, seq, lane, position, type, version, op, actor, via, via_id,
        correlation, recorded_at, payload)
    select kind, stream, seq + 1, lane, position + 1, type, 99, stream, actor, via, via_id,
        correlation, recorded_at, payload from event where lane = 0 order by position desc limit 1;
    update stream set head = head + 1 where kind = 1;
    update lane set floor = (select max(position) from event where lane = 0) where lane = 0;";

pub(super) async fn what_cannot_be_folded_is_set_aside_and_passed_over(opened: Opened) {
    let store = &opened.store;
    document(store, principal()).await;
    tamper(&opened, UNREADABLE).await;
    titled(store, principal(), Some("after it")).await;
    let position = projector(&opened).catch_up(Lane::Control).await.unwrap();
    assert_eq!(position, store.position(Lane::Control).await.unwrap());
    for status in store.status().await.unwrap() {
        let places: Vec<_> = status.set_aside.iter().map(|aside| aside.place.as_str()).collect();
        assert_eq!(places, ["control 3"], "{}", status.projection);
        assert!(status.set_aside[0].reason.contains("version 99"), "{:?}", status.set_aside);
        assert_eq!(status.control.lag(), 0);
    }
    assert!(dump(&opened, Projection::Notes, 1).await.iter().any(|row| row.contains("after it")));
}

pub(super) async fn several_nodes_fold_each_event_once(opened: Opened) {
    const UPDATES: usize = 40;
    let document = document(&opened.store, principal()).await;
    let link = link(&opened.store, document, Level::Editor).await;
    let nodes = [opened.again().await, opened.again().await];
    let followers = nodes.map(|node| {
        tokio::spawn(async move {
            let target = Target::live(Projection::Links);
            while node.advance(target, Lane::Content).await.unwrap().position < UPDATES as u64 {}
        })
    });
    for nth in 0..UPDATES {
        record_through(&opened.store, document, link, &nth.to_string()).await;
    }
    for follower in followers {
        follower.await.unwrap();
    }
    let uses = opened.store.link_uses(document).await.unwrap();
    let [(used, by_everyone)] = uses[..] else { panic!("{uses:?}") };
    assert_eq!((used, by_everyone.edits, by_everyone.openings), (link, UPDATES as u64, 0));
    let rows = dump(&opened, Projection::Links, 1).await;
    assert_eq!(rows.len(), UPDATES, "one row for each of the principals: {rows:?}");
    assert!(rows.iter().all(|row| row.contains("|1|") || row.contains(",1,")), "{rows:?}");
}

pub(super) async fn a_text_is_taken_at_its_newest_seq(opened: Opened) {
    let (store, projector) = (&opened.store, projector(&opened));
    let document = document(store, principal()).await;
    record(store, document, "# Milk\n").await;
    record(store, document, "and honey").await;
    projector.catch_up(Lane::Control).await.unwrap();
    projector.catch_up(Lane::Content).await.unwrap();
    let target = Target::live(Projection::Notes);
    assert_eq!(store.stale_texts(target, 10).await.unwrap(), [(document, 2)]);
    assert_eq!(projector.refresh_texts(target).await.unwrap(), 1);
    assert_eq!(projector.refresh_texts(target).await.unwrap(), 0);
    let rows = dump(&opened, Projection::Notes, 1).await;
    assert!(rows[0].contains("Milk") && rows[0].contains("and honey"), "{rows:?}");
    assert!(rows[1..].iter().all(|row| row.contains("milk")), "lists are ordered by it: {rows:?}");
}

pub(super) async fn edits_of_many_notes_are_folded_as_those_of_one(opened: Opened) {
    let (store, projector) = (&opened.store, projector(&opened));
    let mut notes = Vec::new();
    for _ in 0..11 {
        notes.push(document(store, principal()).await);
    }
    let link = link(store, notes[1], Level::Editor).await;
    projector.catch_up(Lane::Control).await.unwrap();
    for note in &notes {
        opened.clock.advance(7);
        record(store, *note, "# Milk\n").await;
        record_through(store, notes[1], link, "and honey").await;
    }
    // Told before the edits, which are older.
    let renamed = vec![Fact::DocumentRenamed { title: Some("Bread".to_owned()) }];
    append(store, StreamId::document(notes[0]), renamed).await.unwrap();
    projector.catch_up(Lane::Control).await.unwrap();
    projector.catch_up(Lane::Content).await.unwrap();
    while projector.refresh_texts(Target::live(Projection::Notes)).await.unwrap() > 0 {}
    let rows = dump(&opened, Projection::Notes, 1).await;
    let mut bread = rows.iter().filter(|row| row.contains("bread"));
    let renamed_at = opened.clock.now().0.to_string();
    assert!(bread.all(|row| row.contains(&renamed_at)), "modified when it was renamed: {rows:?}");
    for projection in Projection::ALL {
        let followed = dump(&opened, projection, 1).await;
        projector.rebuild(projection, &|_| {}).await.unwrap();
        assert_eq!(dump(&opened, projection, 2).await, followed, "{projection}");
    }
}
