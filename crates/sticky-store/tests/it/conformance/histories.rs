use bytes::Bytes;
use sticky_domain::access::{Caller, Claim, Level, Recipient};
use sticky_domain::event::{Actor, Body, Event, Fact, Via};
use sticky_domain::id::{DocumentId, LinkId, ProjectId};
use sticky_domain::link::LinkTerms;
use sticky_domain::port::{
    Access as _, EventStore as _, Histories as _, PastEvent, ReadModel as _, WriteError,
};
use sticky_domain::stream::{Lane, StreamId};
use sticky_domain::time::Timestamp;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{PROJECT, document, grant, id, op, principal, record};

fn past(seq: u64, body: Body) -> PastEvent {
    let who = principal();
    let actor = Actor { principal: who, via: Via::Link(LinkId(id())), correlation: Some(id()) };
    let recorded_at = Timestamp(1_500_000_000_000 + seq.cast_signed());
    PastEvent { seq, actor, op: op(who, &format!("{seq}")), recorded_at, body }
}

fn updates(count: u64) -> Vec<PastEvent> {
    let update = |seq: u64| past(seq, Body::Update(Bytes::from(format!("update {seq}"))));
    (1..=count).map(update).collect()
}

fn facts(facts: Vec<Fact>) -> Vec<PastEvent> {
    (1..).zip(facts).map(|(seq, fact)| past(seq, Body::Fact(fact))).collect()
}

fn created() -> Fact {
    Fact::DocumentCreated { project: PROJECT, title: Some("Old".to_owned()) }
}

fn as_past(event: Event) -> PastEvent {
    let Event { seq, actor, op, recorded_at, body, .. } = event;
    PastEvent { seq, actor, op, recorded_at, body }
}

async fn read(store: &Store, stream: StreamId) -> Vec<PastEvent> {
    let mut events = Vec::new();
    loop {
        let page = store.page(stream, events.len() as u64, 30).await.unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page.into_iter().map(as_past));
    }
}

pub(crate) async fn a_history_from_elsewhere_reads_back_as_it_was(opened: Opened) {
    let store = opened.store;
    record(&store, document(&store, principal()).await, "something before").await;
    let note = DocumentId(id());
    let (updates, facts) = (updates(700), facts(vec![created(), grant(principal(), Level::Owner)]));
    store.write_updates(note, updates.clone()).await.unwrap();
    assert!(store.document(PROJECT, note).await.unwrap().is_none(), "not before it is whole");
    store.write_facts(note, facts.clone()).await.unwrap();
    assert_eq!(read(&store, StreamId::content(note)).await, updates);
    assert_eq!(read(&store, StreamId::document(note)).await, facts);
    let row = store.document(PROJECT, note).await.unwrap().unwrap();
    assert_eq!((row.title.as_deref(), row.head, row.version), (Some("Old"), 700, 1));
    assert_eq!(row.created_at, Timestamp(1_500_000_000_001));
    assert_eq!(row.updated_at, Timestamp(1_500_000_000_700));
    assert_eq!(record(&store, note, "live again").await.seq, 701);
    let lane = store.lane(Lane::Content, 0, 1_000).await.unwrap();
    assert!(lane.iter().map(|event| event.position).eq(1..=702));
}

pub(crate) async fn an_interrupted_history_goes_on_and_another_does_not(opened: Opened) {
    let store = opened.store;
    let note = DocumentId(id());
    let (ours, others) = (updates(9), updates(9));
    store.write_updates(note, ours[..4].to_vec()).await.unwrap();
    let refused = Err(WriteError::Other);
    assert_eq!(store.write_updates(note, others.clone()).await, refused);
    assert_eq!(store.write_updates(note, ours[5..].to_vec()).await, refused, "a hole");
    store.write_updates(note, ours[..2].to_vec()).await.unwrap();
    store.write_updates(note, ours.clone()).await.unwrap();
    let (facts, other_facts) = (facts(vec![created()]), facts(vec![created()]));
    store.write_facts(note, facts.clone()).await.unwrap();
    store.write_facts(note, facts).await.unwrap();
    assert_eq!(store.write_facts(note, other_facts).await, refused);
    assert_eq!(store.write_updates(note, ours.clone()).await, refused, "the note is there");
    assert_eq!(read(&store, StreamId::content(note)).await, ours);
}

pub(crate) async fn an_imported_note_is_in_its_new_project(opened: Opened) {
    let store = opened.store;
    let (before, owner, link) = (principal(), principal(), LinkId(id()));
    let project = ProjectId(id());
    let level = Level::Editor;
    let history = facts(vec![
        created(),
        grant(before, Level::Owner),
        Fact::LinkCreated { link, terms: LinkTerms::open(level) },
        Fact::DocumentImported { project, sha256: [7; 32] },
        Fact::PermissionRevoked { recipient: Recipient::Principal(before) },
        Fact::LinkRevoked { link },
        grant(owner, Level::Owner),
    ]);
    let note = DocumentId(id());
    store.write_facts(note, history).await.unwrap();
    assert!(store.document(PROJECT, note).await.unwrap().is_none());
    assert!(store.document(project, note).await.unwrap().is_some());
    let link = store.link(link).await.unwrap().unwrap();
    assert_eq!((link.project, link.revoked_at), (project, Some(Timestamp(1_500_000_000_006))));
    let level_of = async |who| {
        let caller = Caller::new(project, vec![Claim::Principal(who)]);
        store.right(&caller, note).await.unwrap().map(|right| right.level)
    };
    assert_eq!((level_of(before).await, level_of(owner).await), (None, Some(Level::Owner)));
}
