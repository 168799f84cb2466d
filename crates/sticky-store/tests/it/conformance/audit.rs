use sticky_domain::access::Level;
use sticky_domain::event::{Actor, Event, Fact, Via};
use sticky_domain::id::LinkId;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{Append, AuditLog as _, AuditQuestion, EventStore as _, Expected};
use sticky_domain::stream::StreamId;
use sticky_domain::time::Timestamp;

use crate::engines::Opened;
use crate::world::{PROJECT, append_as, document, id, link, principal};

const ALL: AuditQuestion = AuditQuestion {
    principal: None,
    document: None,
    link: None,
    since: None,
    until: None,
    before: None,
    limit: 100,
};

fn seqs(events: &[Event]) -> Vec<(StreamId, u64)> {
    events.iter().map(|event| (event.stream, event.seq)).collect()
}

pub(crate) async fn the_log_is_asked_by_who_what_link_and_when(opened: Opened) {
    let Opened { store, clock, .. } = &opened;
    let (owner, began) = (principal(), sticky_domain::port::Clock::now(&**clock));
    let note = document(store, owner).await;
    let other = document(store, owner).await;
    let (link, silent) =
        (link(store, note, Level::Editor).await, link(store, note, Level::Viewer).await);
    clock.advance(1_000);
    let admitted = began.0 + 1_000;
    let guest = admit(store, link, note).await;
    let stream = StreamId::document(note);
    append_as(store, stream, Expected::Any, vec![Fact::LinkRevoked { link }], owner, &[])
        .await
        .unwrap();
    let asked = async |question: AuditQuestion| seqs(&store.facts(&question).await.unwrap());

    let of_note: Vec<_> = (1..=5).rev().map(|seq| (stream, seq)).collect();
    assert_eq!(asked(AuditQuestion { document: Some(note), ..ALL }).await, of_note);
    assert_eq!(asked(AuditQuestion { principal: Some(owner), ..ALL }).await, [(stream, 5)]);
    let entered = StreamId::principal(guest);
    let about_link = [(stream, 5), (entered, 2), (entered, 1), (stream, 3)];
    assert_eq!(asked(AuditQuestion { link: Some(link), ..ALL }).await, about_link);
    assert_eq!(asked(AuditQuestion { link: Some(silent), ..ALL }).await, [(stream, 4)]);
    let later = AuditQuestion { since: Some(Timestamp(admitted)), ..ALL };
    assert_eq!(asked(later.clone()).await, [(stream, 5), (entered, 2), (entered, 1)]);
    let before = AuditQuestion { until: Some(Timestamp(admitted)), document: Some(note), ..ALL };
    assert_eq!(asked(before).await, &of_note[1..]);
    let first = store.facts(&AuditQuestion { limit: 2, ..later.clone() }).await.unwrap();
    let rest = AuditQuestion { before: Some(first[1].position), ..later };
    assert_eq!(asked(rest).await, [(entered, 1)]);
    assert_eq!(asked(AuditQuestion { document: Some(other), link: Some(link), ..ALL }).await, []);
}

async fn admit(
    store: &sticky_store::Store,
    link: LinkId,
    document: sticky_domain::id::DocumentId,
) -> sticky_domain::id::PrincipalId {
    let guest = principal();
    let admitted = Fact::GuestAdmitted {
        project: PROJECT,
        name: "Amber Fox".to_owned(),
        root: sticky_domain::id::RootId(guest.0),
    };
    store
        .append(Append {
            stream: StreamId::principal(guest),
            expected: Expected::Seq(0),
            facts: vec![admitted, Fact::LinkRedeemed { link, document }],
            actor: Actor { principal: guest, via: Via::Link(link), correlation: None },
            op: OpKey::of(guest, id().as_bytes()),
            fence: Vec::new(),
        })
        .await
        .unwrap();
    guest
}

pub(crate) async fn everything_is_counted(opened: Opened) {
    let store = &opened.store;
    let before = store.totals().await.unwrap();
    let note = document(store, principal()).await;
    let turned_off = link(store, note, Level::Viewer).await;
    let facts = vec![Fact::LinkRevoked { link: turned_off }, Fact::DocumentTrashed {}];
    append_as(store, StreamId::document(note), Expected::Any, facts, principal(), &[])
        .await
        .unwrap();
    document(store, principal()).await;
    let after = store.totals().await.unwrap();
    assert_eq!(after.documents, before.documents + 1);
    assert_eq!(after.trashed_documents, before.trashed_documents + 1);
    assert_eq!((after.links, after.facts), (before.links, before.facts + 7));
    assert!(after.bytes > 0);
}
