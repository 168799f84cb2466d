use sticky_domain::fence::RightKey;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{EventStore as _, RecordError};

use crate::engines::Opened;
use crate::world::{document, id, principal, record, update};

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
    let nowhere = DocumentId(id());
    assert_eq!(
        store.record(nowhere, vec![update(principal(), &[], "x")]).await,
        [Err(RecordError::Lapsed(RightKey::Document(nowhere)))]
    );
}
