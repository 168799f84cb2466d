use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sticky_domain::port::EventStore as _;
use sticky_domain::stream::Lane;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{document, guest, principal, record, update};

const WRITERS: usize = 8;
const EACH: usize = 60;

pub(crate) async fn readers_skip_nothing_while_writers_race(opened: Opened) {
    let store = opened.store;
    let documents = [document(&store, principal()).await, document(&store, principal()).await];
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = [Lane::Control, Lane::Content, Lane::Content]
        .map(|lane| tokio::spawn(follow(store.clone(), lane, Arc::clone(&done))))
        .into();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, document) = (store.clone(), documents[writer % 2]);
            tokio::spawn(async move {
                for nth in 0..EACH {
                    let batch = (0..=nth % 3)
                        .map(|part| update(principal(), &[], &format!("{nth} {part}")))
                        .collect();
                    assert!(store.record(document, batch).await.iter().all(Result::is_ok));
                    if nth % 10 == 0 {
                        guest(&store, "Amber Fox").await;
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
    let heads = [
        store.updates(documents[0], 0, 0).await.unwrap().head,
        store.updates(documents[1], 0, 0).await.unwrap().head,
    ];
    let all = (WRITERS * EACH * 2) as u64;
    assert_eq!(heads, [all / 2, all / 2]);
    assert_eq!(store.position(Lane::Content).await.unwrap(), all);
}

/// Reads a lane to its end while it grows; every position must be the next.
async fn follow(store: Store, lane: Lane, done: Arc<AtomicBool>) {
    let mut position = 0;
    loop {
        let was_done = done.load(Ordering::SeqCst);
        let events = store.lane(lane, position, 64).await.unwrap();
        for event in &events {
            position += 1;
            assert_eq!(event.position, position, "{lane:?} skipped or repeated");
        }
        if events.is_empty() && was_done {
            break;
        }
    }
    assert_eq!(position, store.position(lane).await.unwrap());
}

pub(crate) async fn waiting_ends_with_the_next_append(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    store.wait_beyond(Lane::Control, 1).await;
    let began = Instant::now();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.wait_beyond(Lane::Content, 0).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!waiting.is_finished());
    record(&store, document, "x").await;
    waiting.await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(400), "{:?}", began.elapsed());
}
