use bytes::Bytes;
use sticky_domain::id::RootId;
use sticky_domain::port::{EventStore as _, Snapshot, Snapshots as _};

use crate::engines::Opened;
use crate::world::{document, guest, id, principal, record, update};

fn snapshot(seq: u64) -> Snapshot {
    let owners = vec![(1, RootId(id())), ((1 << 53) - 1, RootId(id()))];
    Snapshot { seq, body: Bytes::from(format!("state at {seq}")), owners }
}

pub(crate) async fn the_newest_snapshot_and_what_follows_it_are_loaded(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let empty = store.load(document, None, None).await.unwrap();
    assert_eq!((empty.snapshot, empty.tail.len(), empty.head), (None, 0, 0));
    let (author, root) = guest(&store, "Ana").await;
    let texts = (1..=4).map(|n| update(author, &[], &format!("{n}"))).collect();
    store.record(document, texts).await;
    let taken = snapshot(3);
    store.save(document, taken.clone()).await.unwrap();
    store.save(document, snapshot(3)).await.unwrap();
    let loaded = store.load(document, None, None).await.unwrap();
    assert_eq!((loaded.snapshot, loaded.head), (Some(taken), 4), "the first one is kept");
    assert_eq!((loaded.tail.len(), loaded.tail[0].seq, loaded.tail[0].root), (1, 4, root));
    let below = store.load(document, Some(3), None).await.unwrap();
    assert_eq!((below.snapshot, below.tail.len()), (None, 4));
}

pub(crate) async fn three_snapshots_are_kept(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    for seq in 1..=5 {
        record(&store, document, &format!("{seq}")).await;
        store.save(document, snapshot(seq)).await.unwrap();
    }
    let mut kept = Vec::new();
    let mut below = None;
    while let Some(snapshot) = store.load(document, below, None).await.unwrap().snapshot {
        kept.push(snapshot.seq);
        below = Some(snapshot.seq);
    }
    assert_eq!(kept, [5, 4, 3]);
}

pub(crate) async fn a_snapshot_of_nothing_recorded_is_not_taken(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    record(&store, document, "1").await;
    store.save(document, snapshot(2)).await.unwrap();
    assert_eq!(store.load(document, None, None).await.unwrap().snapshot, None);
}
