use sticky_domain::port::{Answers as _, Asked, Begun, Clock as _};
use sticky_domain::time::Timestamp;
use sticky_store::Store;

use crate::engines::Opened;
use crate::world::{TestClock, id};

const HELD: i64 = 60_000;
const KEPT: i64 = 24 * 60 * 60 * 1_000;

/// A key that no two tests share.
fn key() -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(id().as_bytes());
    key
}

fn asked(key: [u8; 32], request: u8, clock: &TestClock) -> Asked {
    Asked { key, request: [request; 32], held_until: Timestamp(clock.now().0 + HELD) }
}

async fn begin(store: &Store, key: [u8; 32], request: u8, clock: &TestClock) -> Begun {
    store.begin(asked(key, request, clock)).await.unwrap()
}

pub(crate) async fn an_answer_is_given_again(opened: Opened) {
    let Opened { store, clock, .. } = &opened;
    let key = key();
    assert_eq!(begin(store, key, 1, clock).await, Begun::First);
    assert_eq!(begin(store, key, 1, clock).await, Begun::UnderWay);
    assert_eq!(begin(store, key, 2, clock).await, Begun::Other);
    let end = Timestamp(clock.now().0 + KEPT);
    store.remember(key, b"done".to_vec(), end).await.unwrap();
    store.give_up(key).await.unwrap();
    clock.advance(KEPT - 1);
    assert_eq!(begin(store, key, 1, clock).await, Begun::Answered(b"done".to_vec()));
    assert_eq!(begin(store, key, 2, clock).await, Begun::Other);
    clock.advance(KEPT + 2);
    assert_eq!(begin(store, key, 2, clock).await, Begun::First, "forgotten in the end");
}

pub(crate) async fn work_that_was_given_up_or_lost_is_done_by_the_next(opened: Opened) {
    let Opened { store, clock, .. } = &opened;
    let key = key();
    begin(store, key, 1, clock).await;
    store.give_up(key).await.unwrap();
    assert_eq!(begin(store, key, 2, clock).await, Begun::First);
    clock.advance(HELD - 1);
    assert_eq!(begin(store, key, 2, clock).await, Begun::UnderWay);
    clock.advance(1);
    assert_eq!(begin(store, key, 1, clock).await, Begun::Other);
    assert_eq!(begin(store, key, 2, clock).await, Begun::First);
    assert_eq!(begin(store, key, 2, clock).await, Begun::UnderWay);
}

pub(crate) async fn of_many_who_ask_at_once_one_is_first(opened: Opened) {
    let Opened { store, clock, .. } = &opened;
    let asked = asked(key(), 1, clock);
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (store, asked) = (store.clone(), asked.clone());
            tokio::spawn(async move { store.begin(asked).await.unwrap() })
        })
        .collect();
    let mut first = 0;
    for attempt in tries {
        first += u32::from(attempt.await.unwrap() == Begun::First);
    }
    assert_eq!(first, 1);
}
