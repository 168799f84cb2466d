use bytes::Bytes;
use sticky_domain::access::{Claim, Level};
use sticky_domain::event::{Body, Fact};
use sticky_domain::fence::RightKey;
use sticky_domain::port::{
    BlobStore as _, EventStore as _, ReadModel as _, RecordError, Sessions as _, Snapshot,
    Snapshots as _,
};
use sticky_domain::stream::{Lane, StreamId};
use sticky_domain::time::Timestamp;

use crate::engines::Opened;
use crate::shelf::Archived;
use crate::world::{PROJECT, append, guest_by, link, principal, record, right, titled, update};

pub(crate) async fn of_a_purged_document_only_the_receipt_stays(opened: Opened) {
    let world = Archived::over(opened).await;
    let (store, owner) = (&world.store, principal());
    let (kept, gone) = (world.document(9).await, titled(store, owner, Some("Secret")).await);
    let updates = (0..40).map(|n| update(owner, &[], &format!("secret {n}"))).collect();
    store.record(gone, updates).await;
    world.clock().advance(70_000);
    let archiver = world.archiver(100).await;
    assert!(archiver.look(false).await.unwrap().merged > 0);
    store.save(gone, Snapshot { seq: 40, body: Bytes::new(), owners: Vec::new() }).await.unwrap();
    let shared = link(store, gone, Level::Editor).await;
    guest_by(store, shared).await;
    let before = right(store, Claim::Principal(owner), gone).await.unwrap();

    let stream = StreamId::document(gone);
    append(store, stream, vec![Fact::DocumentTrashed {}]).await.unwrap();
    let late = archiver.cut(gone).await.unwrap();
    let position = store.position(Lane::Control).await.unwrap();
    append(store, stream, vec![Fact::DocumentPurged { project: PROJECT, links: Vec::new() }])
        .await
        .unwrap();

    let facts: Vec<Body> =
        store.stream(stream, 0).await.unwrap().into_iter().map(|event| event.body).collect();
    assert_eq!(facts, [Body::Fact(Fact::DocumentPurged { project: PROJECT, links: Vec::new() })]);
    assert_eq!(store.position(Lane::Control).await.unwrap(), position + 1);
    assert_eq!(store.stream(StreamId::content(gone), 0).await.unwrap(), []);
    assert_eq!(right(store, Claim::Principal(owner), gone).await, None);
    assert_eq!(store.document(PROJECT, gone).await.unwrap(), None);
    assert_eq!(store.link(shared).await.unwrap(), None);
    assert_eq!(store.find([9; 32]).await.unwrap().unwrap().guests, []);
    let loaded = store.load(gone, None, None).await.unwrap();
    assert_eq!((loaded.snapshot, loaded.tail.len(), loaded.head), (None, 0, 0));
    assert_eq!(
        store.record(gone, vec![crate::world::update_under(&before, "late")]).await,
        [Err(RecordError::Lapsed(RightKey::Document(gone)))]
    );
    assert!(late.is_none(), "everything had been archived");
    assert!(archiver.look(true).await.unwrap().deleted > 0);
    let left = world.blobs.list("project").await.unwrap();
    assert!(left.iter().all(|object| !object.key.contains(&gone.to_string())), "{left:?}");
    assert_eq!(world.all(kept).await.len(), 9, "nobody else is touched");
    assert_eq!(record(store, kept, "goes on").await.seq, 10);
    assert!(store.verify(kept).await.unwrap().1.is_empty());
}

pub(crate) async fn an_object_that_comes_too_late_for_a_purge_is_swept(opened: Opened) {
    let world = Archived::over(opened).await;
    let gone = world.document(20).await;
    let archiver = world.archiver(50).await;
    let term = archiver.claim().await.unwrap().unwrap();
    let package = archiver.cut(gone).await.unwrap().unwrap();
    let facts = vec![Fact::DocumentTrashed {}];
    append(&world.store, StreamId::document(gone), facts).await.unwrap();
    let facts = vec![Fact::DocumentPurged { project: PROJECT, links: Vec::new() }];
    append(&world.store, StreamId::document(gone), facts).await.unwrap();
    archiver.collect_garbage().await.unwrap();
    archiver.put(&package).await.unwrap();
    archiver.seal(term, &package).await.unwrap_err();
    world.clock().advance(400 * 24 * 60 * 60 * 1_000);
    assert_eq!(archiver.look(true).await.unwrap().deleted, 1);
}

pub(crate) async fn what_is_old_in_the_trash_is_found(opened: Opened) {
    let world = Archived::over(opened).await;
    let store = &world.store;
    let (live, old, young) =
        (world.document(1).await, world.document(1).await, world.document(1).await);
    append(store, StreamId::document(old), vec![Fact::DocumentTrashed {}]).await.unwrap();
    world.clock().advance(1_000);
    let between = sticky_domain::port::Clock::now(&*world.clock());
    append(store, StreamId::document(young), vec![Fact::DocumentTrashed {}]).await.unwrap();
    assert_eq!(store.trashed_before(between, 9).await.unwrap(), [(old, 3)]);
    let later = Timestamp(between.0 + 1);
    assert_eq!(store.trashed_before(later, 9).await.unwrap(), [(old, 3), (young, 3)]);
    assert_eq!(store.trashed_before(later, 1).await.unwrap().len(), 1);
    assert!(right(store, Claim::Principal(principal()), live).await.is_none());
}
