use bytes::Bytes;
use sticky_domain::event::{Actor, Body, Via};
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::port::{EventStore as _, NewUpdate, RecordError, Recorded};
use sticky_domain::stream::{Lane, StreamId};

use crate::engines::Opened;
use crate::world::{document, id, op, principal, record, update};

pub(crate) async fn updates_get_dense_seqs(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    for seq in 1..=5 {
        assert_eq!(record(&store, document, &format!("{seq}")).await.seq, seq);
    }
    let updates = (6..=500).map(|n| update(principal(), &[], &format!("{n}"))).collect();
    let answers = store.record(document, updates).await;
    let seqs: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().seq).collect();
    assert_eq!(seqs, (6..=500).collect::<Vec<u64>>());
    let read = store.updates(document, 0, usize::MAX).await.unwrap();
    assert_eq!(read.head, 500);
    assert!(read.updates.iter().map(|update| update.seq).eq(1..=500));
    assert_eq!(read.updates[7].bytes, "8");
    assert_eq!(store.record(document, Vec::new()).await, []);
}

pub(crate) async fn a_document_that_does_not_exist_takes_nothing(opened: Opened) {
    let nowhere = DocumentId(id());
    let answers = opened.store.record(nowhere, vec![update(principal(), &[], "x")]).await;
    assert_eq!(answers, [Err(RecordError::Lapsed(RightKey::Document(nowhere)))]);
    let stream = opened.store.stream(StreamId::content(nowhere), 0).await.unwrap();
    assert_eq!(stream, []);
}

pub(crate) async fn the_same_operation_is_recorded_once_within_a_batch_and_across(opened: Opened) {
    let store = opened.store;
    let (one, other) = (document(&store, principal()).await, document(&store, principal()).await);
    let who = principal();
    let said = |operation: &str, text: &str| NewUpdate {
        op: op(who, operation),
        ..update(who, &[], text)
    };
    let within =
        store.record(one, vec![said("a", "x"), said("b", "y"), said("a", "x"), said("a", "z")]);
    let first = |seq| Ok(Recorded { seq, repeated: false });
    let again = |seq| Ok(Recorded { seq, repeated: true });
    assert_eq!(within.await, [first(1), first(2), again(1), Err(RecordError::OpConflict)]);
    let across = store.record(one, vec![said("b", "y"), said("c", "z"), said("b", "other")]).await;
    assert_eq!(across, [again(2), first(3), Err(RecordError::OpConflict)]);
    assert_eq!(store.record(other, vec![said("a", "elsewhere")]).await, [first(1)]);
    assert_eq!(store.updates(one, 0, usize::MAX).await.unwrap().updates.len(), 3);
    assert_eq!(store.position(Lane::Content).await.unwrap(), 4);
}

pub(crate) async fn a_bad_update_fails_alone(opened: Opened) {
    let store = opened.store;
    let (good, bad) = (document(&store, principal()).await, DocumentId(id()));
    let stale = KeyVersion { key: RightKey::Link(LinkId(id())), version: 1 };
    let batch = vec![
        update(principal(), &[], "1"),
        update(principal(), &[stale], "lapsed"),
        update(principal(), &[], "2"),
    ];
    let beside = store.clone();
    let (answers, beside) = tokio::join!(
        store.record(good, batch),
        beside.record(bad, vec![update(principal(), &[], "nowhere")])
    );
    assert_eq!(answers[0], Ok(Recorded { seq: 1, repeated: false }));
    assert_eq!(answers[1], Err(RecordError::Lapsed(stale.key)));
    assert_eq!(answers[2], Ok(Recorded { seq: 2, repeated: false }));
    assert!(beside[0].is_err());
    assert_eq!(store.updates(good, 0, usize::MAX).await.unwrap().head, 2);
}

pub(crate) async fn reading_is_cut_by_bytes_but_never_to_nothing(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    for nth in 0..6 {
        record(&store, document, &format!("{nth}123456789")).await;
    }
    for (after, bytes, seqs) in
        [(0, 0, 1..=1), (0, 29, 1..=2), (0, 30, 1..=3), (4, 1_000, 5..=6), (2, 5, 3..=3)]
    {
        let read = store.updates(document, after, bytes).await.unwrap();
        let read: Vec<_> = read.updates.iter().map(|update| update.seq).collect();
        assert_eq!(read, seqs.collect::<Vec<u64>>(), "after {after}, {bytes} bytes");
    }
    let beyond = store.updates(document, 6, 1_000).await.unwrap();
    assert_eq!((beyond.updates.len(), beyond.head), (0, 6));
}

pub(crate) async fn an_update_keeps_its_envelope(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let via = Via::Link(LinkId(id()));
    let actor = Actor { principal: principal(), via, correlation: Some(id()) };
    let bytes = Bytes::from(vec![0, 255, 7]);
    let new = NewUpdate { actor, bytes: bytes.clone(), ..update(principal(), &[], "envelope") };
    store.record(document, vec![new.clone()]).await.remove(0).unwrap();
    let event = store.lane(Lane::Content, 0, 10).await.unwrap().remove(0);
    assert_eq!(event.stream, StreamId::content(document));
    assert_eq!((event.lane, event.position, event.seq), (Lane::Content, 1, 1));
    assert_eq!((event.actor, event.op), (actor, new.op));
    assert_eq!(event.body, Body::Update(bytes.clone()));
    let update = store.updates(document, 0, 10).await.unwrap().updates.remove(0);
    assert_eq!((update.principal, update.via, update.bytes), (actor.principal, via, bytes));
}
