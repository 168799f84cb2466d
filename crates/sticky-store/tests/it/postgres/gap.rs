use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::port::EventStore as _;
use sticky_domain::stream::Lane;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{document, id, principal, update};

const NODES: usize = 4;
/// Long enough for hundreds of commits and dozens of those taken back.
fn race() -> Duration {
    let seconds = std::env::var("STICKY_TEST_RACE").map_or(3, |text| text.parse().unwrap());
    Duration::from_secs(seconds)
}

/// A reader that asks for what lies beyond its position, and believes it, misses nothing of eight writers on four nodes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_naive_reader_misses_nothing() {
    let opened = Opened::postgres().await;
    let document = document(&opened.store, principal()).await;
    let over = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read(opened.again().await, Arc::clone(&over)));
    let mut writers = Vec::new();
    for _ in 0..NODES {
        let node = opened.again().await;
        for _ in 0..2 {
            writers.push(tokio::spawn(write(node.clone(), document, Arc::clone(&over))));
        }
    }
    tokio::time::sleep(race()).await;
    over.store(true, Ordering::SeqCst);
    let mut recorded = 0;
    for writer in writers {
        recorded += writer.await.unwrap();
    }
    let seen = reader.await.unwrap();
    assert_eq!(deadlocks(opened.url()).await, 0, "locks are taken in one order");
    let all = opened.store.lane(Lane::Content, 0, usize::MAX).await.unwrap();
    assert_eq!(all.len() as u64, recorded);
    assert!(seen.iter().copied().eq(1..=seen.len() as u64), "a position was skipped");
    println!("the reader saw {} of {recorded} before the end", seen.len());
    assert!(seen.len() as u64 > recorded / 2 && recorded > 100, "{} of {recorded}", seen.len());
}

async fn deadlocks(address: &str) -> i64 {
    let mut connection = PgConnection::connect(address).await.unwrap();
    sqlx::query_scalar("select deadlocks from pg_stat_database where datname = current_database()")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

/// Every tenth update rests on a right that has lapsed, so that its commit is taken back.
async fn write(node: Store, document: DocumentId, over: Arc<AtomicBool>) -> u64 {
    let mut recorded = 0;
    for nth in 0_u64.. {
        if over.load(Ordering::SeqCst) {
            break;
        }
        let lapsed = KeyVersion { key: RightKey::Link(LinkId(id())), version: 1 };
        let fence = if nth % 10 == 0 { vec![lapsed] } else { Vec::new() };
        let answer = node.record(document, vec![update(principal(), &fence, "x")]).await.remove(0);
        assert_eq!(answer.is_ok(), fence.is_empty(), "{answer:?}");
        recorded += u64::from(answer.is_ok());
    }
    recorded
}

async fn read(node: Store, over: Arc<AtomicBool>) -> Vec<u64> {
    let mut seen = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let last = seen.last().copied().unwrap_or(0);
        let events = node.lane(Lane::Content, last, 1_000).await.unwrap();
        seen.extend(events.iter().map(|event| event.position));
    }
    seen
}
