use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use sticky_domain::event::Fact;
use sticky_domain::port::{AppendError, EventStore as _, RecordError, Recorded, StoreError};
use sticky_domain::stream::StreamId;
use tokio::task::unconstrained;

use crate::engines::Opened;
use crate::shelf::Archived;
use crate::world::{append, document, principal, update};

const UPDATES: usize = 300;

/// What a future says when it is asked once, however many were asked before it.
fn ask<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    pin!(unconstrained(future)).poll(&mut Context::from_waker(Waker::noop()))
}

pub(crate) async fn what_was_submitted_is_durable_once_the_store_is_closed(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    let mut records: Vec<_> = (0..UPDATES)
        .map(|nth| store.record(document, vec![update(principal(), &[], &nth.to_string())]))
        .collect();
    let rename = Fact::DocumentRenamed { title: Some("Plan".to_owned()) };
    let mut rename = Box::pin(append(&store, StreamId::document(document), vec![rename]));
    assert!(
        records.iter_mut().all(|record| ask(record).is_pending()) && ask(&mut rename).is_pending()
    );
    store.close().await;
    for (record, seq) in records.iter_mut().zip(1..) {
        assert_eq!(ask(record), Poll::Ready(vec![Ok(Recorded { seq, repeated: false })]));
    }
    assert!(matches!(ask(&mut rename), Poll::Ready(Ok(_))));
}

pub(crate) async fn what_the_archivist_was_handed_is_done_once_the_store_is_closed(opened: Opened) {
    let archived = Archived::over(opened).await;
    let document = archived.document(20).await;
    let archiver = archived.archiver(10_000).await;
    archived.clock().advance(61_000);
    let term = archiver.claim().await.unwrap().unwrap();
    let package = archiver.cut(document).await.unwrap().unwrap();
    archiver.put(&package).await.unwrap();
    let mut seal = Box::pin(archiver.seal(term, &package));
    let mut release = Box::pin(archiver.release(term));
    assert!(ask(&mut seal).is_pending() && ask(&mut release).is_pending());
    archived.store.close().await;
    assert_eq!(ask(&mut seal), Poll::Ready(Ok(())));
    assert_eq!(ask(&mut release), Poll::Ready(Ok(())));
    let refused = archiver.claim().await.unwrap_err();
    assert!(refused.to_string().contains("closed"), "{refused}");
}

pub(crate) async fn a_closed_store_takes_nothing(opened: Opened) {
    let store = opened.store;
    let document = document(&store, principal()).await;
    store.close().await;
    let refused = store.record(document, vec![update(principal(), &[], "late")]).await.remove(0);
    assert!(matches!(refused, Err(RecordError::Store(StoreError::Unavailable(_)))), "{refused:?}");
    let rename = vec![Fact::DocumentRenamed { title: None }];
    let refused = append(&store, StreamId::document(document), rename).await;
    assert!(matches!(refused, Err(AppendError::Store(StoreError::Unavailable(_)))), "{refused:?}");
}
