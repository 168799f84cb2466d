use std::time::Duration;

use bytes::Bytes;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{BlobStore as _, EventStore as _, Snapshot, Snapshots as _, StoreError};
use sticky_store::Store;
use sticky_store::archive::ArchiveError;

use crate::engines::Opened;
use crate::shelf::Archived;
use crate::world::{document, principal, record, update};

const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn archived(archived: &Archived, count: u64) -> DocumentId {
    let document = archived.document(count).await;
    archived.clock().advance(61_000);
    archived.archiver(100).await.look(false).await.unwrap();
    document
}

pub(crate) async fn replaced_objects_go_after_an_hour_and_orphans_after_a_day(opened: Opened) {
    let world = Archived::over(opened).await;
    let document = archived(&world, 60).await;
    let (before, objects) = (world.all(document).await, world.objects().await);
    world.clock().advance(59 * 60 * 1_000);
    assert_eq!(
        world.archiver(100).await.look(true).await.unwrap().deleted,
        0,
        "loaders may still read them"
    );
    world.clock().advance(2 * 60 * 1_000);
    let deleted = world.archiver(100).await.look(false).await.unwrap().deleted;
    assert!(deleted >= 4, "those of one merge: {deleted}");
    assert_eq!(world.objects().await, objects - deleted);

    let archiver = world.archiver(10).await;
    record(&world.store, document, "one more").await;
    world.clock().advance(DAY);
    archiver.put(&archiver.cut(document).await.unwrap().unwrap()).await.unwrap();
    world.clock().advance(400 * DAY);
    let foreign = format!("project/p/documents/{}/1-9-x", principal());
    world.blobs.put_new(&foreign, Bytes::from_static(b"of another installation")).await.unwrap();
    let term = archiver.claim().await.unwrap().unwrap();
    assert_eq!(archiver.sweep(term).await, Ok(1), "what was put and never sealed");
    assert!(world.blobs.get(&foreign).await.unwrap().is_some());
    assert_eq!(world.all(document).await[..60], before);
}

pub(crate) async fn a_flipped_byte_is_found_and_named(opened: Opened) {
    let world = Archived::over(opened).await;
    let (sound, damaged) = (archived(&world, 30).await, archived(&world, 60).await);
    for document in [sound, damaged] {
        let (walked, findings) = world.store.verify(document).await.unwrap();
        assert!(findings.is_empty() && walked.segments > 0, "{findings:?}");
        assert_eq!(Some(walked.events), world.store.head(document).await.unwrap());
    }
    assert_eq!(world.store.count_written().await.unwrap(), 2);
    assert_eq!(world.store.written_after(None).await.unwrap().len(), 2);
    let key = newest_object(&world, damaged).await;
    let mut object = world.blobs.get(&key).await.unwrap().unwrap().to_vec();
    let middle = object.len() / 2;
    object[middle] ^= 1;
    world.blobs.delete(&key).await.unwrap();
    world.blobs.put_new(&key, object.into()).await.unwrap();
    let (_, findings) = world.store.verify(damaged).await.unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].segment.as_ref(), Some(&key));
    assert!(findings[0].advice.contains("SHA-256"), "{findings:?}");
    let error = world.store.updates(damaged, 0, usize::MAX).await.unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt(text) if text.contains(&key)), "{error}");
    assert!(world.store.verify(sound).await.unwrap().1.is_empty());
    world.blobs.delete(&key).await.unwrap();
    let (_, findings) = world.store.verify(damaged).await.unwrap();
    assert_eq!(findings[0].problem, "it is not there");
}

pub(crate) async fn a_document_comes_back_from_its_objects_alone(opened: Opened) {
    let world = Archived::over(opened).await;
    let lost = archived(&world, 90).await;
    let before = world.all(lost).await;
    let empty = Opened::memory().await;
    let store = empty.store.clone().with_archive(world.blobs.clone());
    let now = sticky_domain::time::Timestamp(0);
    let remains = store.remains(None, lost, now).await.unwrap().unwrap();
    assert_eq!(remains.last_seq, 88, "the newest two had not been archived");
    make(&store, lost).await;
    store.adopt(lost, remains.clone(), now).await.unwrap();
    assert_eq!(store.adopt(lost, remains, now).await, Err(ArchiveError::Changed));
    let found = store.updates(lost, 0, usize::MAX).await.unwrap();
    assert_eq!((found.head, bytes(&found.updates)), (88, bytes(&before[..88])));
    assert!(store.verify(lost).await.unwrap().1.is_empty());
    assert_eq!(record(&store, lost, "goes on").await.seq, 89);
    assert!(store.remains(None, DocumentId(principal().0), now).await.unwrap().is_none());
}

pub(crate) async fn pruned_history_is_gone_and_the_present_is_not(opened: Opened) {
    let world = Archived::over(opened).await;
    let note = archived(&world, 60).await;
    let updates = bytes(&world.all(note).await);
    let text = updates.concat();
    let old = Snapshot { seq: 10, body: updates[..10].concat().into(), owners: Vec::new() };
    world.store.save(note, old).await.unwrap();
    let author = principal();
    let more = (0..30).map(|n| update(author, &[], &format!("later {n}"))).collect();
    world.clock().advance(9 * DAY);
    world.store.record(note, more).await;
    world.clock().advance(61_000);
    let week = Duration::from_secs(8 * 24 * 60 * 60);
    let pruning = world.pruning(100, Some(week)).await;
    let looked = pruning.look(false).await.unwrap();
    assert!(looked.pruned == 1 && looked.sealed > 0, "{looked:?}");

    let gone = world.store.updates(note, 0, usize::MAX).await.unwrap_err();
    let StoreError::Pruned(to) = gone else { panic!("{gone}") };
    assert!((50..=60).contains(&to), "{to}");
    for past in [1, 10, 20, to - 1] {
        assert_eq!(world.store.load(note, None, Some(past)).await, Err(StoreError::Pruned(to)));
    }
    let loaded = world.store.load(note, None, None).await.unwrap();
    let base = loaded.snapshot.unwrap();
    assert_eq!((base.seq, loaded.tail.len() as u64, loaded.head), (to, 90 - to, 90));
    assert!(text.starts_with(&base.body[..]) && base.body.starts_with(b"update 1"));
    assert_eq!(world.store.load(note, None, Some(to)).await.unwrap().snapshot.unwrap().seq, to);
    let rest = world.store.updates(note, to, usize::MAX).await.unwrap();
    assert_eq!(rest.updates.len() as u64, 90 - to);
    assert!(world.store.verify(note).await.unwrap().1.is_empty());
    assert_eq!(pruning.look(false).await.unwrap().pruned, 0, "once is enough");
    world.clock().advance(DAY);
    assert!(pruning.look(true).await.unwrap().deleted > 0, "the objects go, too");
    let empty = Opened::memory().await;
    let store = empty.store.clone().with_archive(world.blobs.clone());
    let now = sticky_domain::time::Timestamp(0);
    let remains = store.remains(None, note, now).await.unwrap().unwrap();
    make(&store, note).await;
    store.adopt(note, remains, now).await.unwrap();
    assert_eq!(store.load(note, None, None).await.unwrap().snapshot.unwrap(), base);
}

pub(crate) async fn put_if_absent_is_held(opened: Opened) {
    let world = Archived::over(opened).await;
    document(&world.store, principal()).await;
    assert_eq!(world.archiver(10).await.keeps_what_is_there().await, Ok(true));
}

fn bytes(updates: &[sticky_domain::port::StoredUpdate]) -> Vec<Bytes> {
    updates.iter().map(|update| update.bytes.clone()).collect()
}

async fn newest_object(world: &Archived, document: DocumentId) -> String {
    let objects = world.blobs.list("project").await.unwrap();
    let own = objects.into_iter().filter(|object| object.key.contains(&document.to_string()));
    own.map(|object| object.key).max_by_key(|key| range(key)).unwrap()
}

/// The last seq of an object and how many it has: what was merged is still there for a while.
fn range(key: &str) -> (u64, u64) {
    let mut seqs = key.rsplit('/').next().unwrap().split('-').map(|seq| seq.parse().unwrap_or(0));
    let (first, last): (u64, u64) = (seqs.next().unwrap(), seqs.next().unwrap());
    (last, last - first)
}

async fn make(store: &Store, document: DocumentId) {
    let created =
        sticky_domain::event::Fact::DocumentCreated { project: crate::world::PROJECT, title: None };
    let stream = sticky_domain::stream::StreamId::document(document);
    crate::world::append(store, stream, vec![created]).await.unwrap();
}
