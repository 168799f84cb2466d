use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sticky_domain::id::DocumentId;
use sticky_domain::port::{EventStore as _, RecordError, Recorded, StoreError};
use sticky_store::Store;
use sticky_testbed::Postgres;

use super::proxy::Proxy;
use crate::engines::{Opened, open_postgres};
use crate::server::shared;
use crate::world::{TestClock, document, principal, record, update};

const WRITERS: usize = 8;

/// Kills Postgres in the middle of batches; everything that was acknowledged is there, and the store goes on by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_of_postgres() {
    let mut server = Postgres::start(&["fsync=on"]).unwrap();
    let address = server.create("notes").unwrap();
    let store = open_postgres(&address, TestClock::new()).await;
    let document = document(&store, principal()).await;
    let mut acknowledged = 0;
    for round in 0..4_u64 {
        let over = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(write(store.clone(), document, Arc::clone(&over))))
            .collect();
        tokio::time::sleep(Duration::from_millis(150 + 70 * round)).await;
        server.kill().unwrap();
        server.start_again().unwrap();
        over.store(true, Ordering::SeqCst);
        let mut told = Vec::new();
        for writer in writers {
            told.extend(writer.await.unwrap());
        }
        let read = store.updates(document, 0, usize::MAX).await.unwrap();
        assert!(read.updates.iter().map(|update| update.seq).eq(1..=read.head));
        for (seq, text) in &told {
            assert_eq!(read.updates[*seq as usize - 1].bytes, text, "{seq} was acknowledged");
        }
        acknowledged += told.len();
    }
    assert!(acknowledged > 4 * WRITERS, "only {acknowledged} were acknowledged");
}

/// What was acknowledged, whether the answer came at once or after the server was back.
async fn write(store: Store, document: DocumentId, over: Arc<AtomicBool>) -> Vec<(u64, String)> {
    let mut told = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let text = format!("{}", principal());
        match store.record(document, vec![update(principal(), &[], &text)]).await.remove(0) {
            Ok(recorded) => told.push((recorded.seq, text)),
            Err(RecordError::Store(StoreError::Unavailable(_))) => {}
            Err(other) => panic!("{other}"),
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_said_to_be_and_met_again() {
    let mut server = Postgres::start(&["fsync=off"]).unwrap();
    let address = server.create("notes").unwrap();
    let store = open_postgres(&address, TestClock::new()).await;
    let document = document(&store, principal()).await;
    let said = update(principal(), &[], "patient");
    server.kill().unwrap();
    let refused = store.record(document, vec![said.clone()]).await.remove(0);
    assert!(matches!(refused, Err(RecordError::Store(StoreError::Unavailable(_)))), "{refused:?}");
    let unread = store.updates(document, 0, 100).await;
    assert!(matches!(unread, Err(StoreError::Unavailable(_))), "{unread:?}");
    server.start_again().unwrap();
    let recorded = store.record(document, vec![said]).await.remove(0);
    assert_eq!(recorded, Ok(Recorded { seq: 1, repeated: false }));
    assert_eq!(store.updates(document, 0, 100).await.unwrap().head, 1);
}

/// The commit has happened and its answer is lost: the store asks again and gives the seq that it got the first time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_a_commit_does_not_lose_its_seq() {
    let opened = Opened::postgres().await;
    let proxy = Proxy::start(shared().await.socket()).await;
    let node = open_postgres(&proxy.address(opened.url()), TestClock::new()).await;
    let document = document(&node, principal()).await;
    record(&node, document, "before").await;
    let batch = vec![
        update(principal(), &[], "swallow the answer to this"),
        update(principal(), &[], "and to this"),
    ];
    proxy.cut_at_the_answer_to("swallow the answer");
    let answers = node.record(document, batch.clone()).await;
    assert!(proxy.has_sprung());
    let seqs: Vec<_> = answers.iter().map(|answer| answer.as_ref().unwrap().seq).collect();
    assert_eq!(seqs, [2, 3]);
    let again = node.record(document, batch).await;
    assert_eq!(again[0], Ok(Recorded { seq: 2, repeated: true }));
    assert_eq!(again[1], Ok(Recorded { seq: 3, repeated: true }));
    assert_eq!(opened.store.updates(document, 0, 1_000).await.unwrap().head, 3);
}

/// The network swallows an answer without a word to either end: the read is given up, and the next finds another way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_never_comes_is_not_waited_for() {
    let opened = Opened::postgres().await;
    let proxy = Proxy::start(shared().await.socket()).await;
    let node = open_postgres(&proxy.address(opened.url()), TestClock::new()).await;
    let document = document(&node, principal()).await;
    record(&node, document, "said").await;
    proxy.fall_silent_at_the_answer_to("select head from stream");
    let unread = node.updates(document, 0, 100).await;
    assert!(matches!(unread, Err(StoreError::Unavailable(_))), "{unread:?}");
    assert!(proxy.has_sprung());
    assert_eq!(node.updates(document, 0, 100).await.unwrap().head, 1);
}
