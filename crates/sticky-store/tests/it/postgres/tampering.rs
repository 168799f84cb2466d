use sqlx::{Connection as _, Executor as _, PgConnection};
use sticky_domain::port::{EventStore as _, RecordError, StoreError};
use sticky_domain::stream::Lane;

use crate::engines::Opened;
use crate::server::execute;
use crate::world::{document, principal, record, update};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_events_can_neither_be_changed_nor_deleted() {
    let opened = Opened::postgres().await;
    let document = document(&opened.store, principal()).await;
    record(&opened.store, document, "said").await;
    for attempt in [
        "update event set payload = ''",
        "update event set seq = 9 where lane = 0",
        "delete from event",
        "delete from event where lane = 1",
        "truncate event",
    ] {
        let error = execute(opened.url(), attempt).await.unwrap_err().to_string();
        assert!(error.contains("the log is append-only"), "{attempt}: {error}");
    }
    assert_eq!(opened.store.updates(document, 0, 100).await.unwrap().updates.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_of_archived_events_are_not_given_again() {
    let opened = Opened::postgres().await;
    let document = document(&opened.store, principal()).await;
    record(&opened.store, document, "1").await;
    record(&opened.store, document, "2").await;
    let archive = "begin;
         insert into setting (name, value) values ('archiving', 1);
         delete from event where lane = 1;
         delete from setting;
         commit";
    execute(opened.url(), archive).await.unwrap();
    assert_eq!(opened.store.position(Lane::Content).await, Ok(2));
    assert_eq!(record(&opened.store, document, "3").await.seq, 3);
    let event = opened.store.lane(Lane::Content, 2, 10).await.unwrap().remove(0);
    assert_eq!((event.position, event.seq), (3, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_held_too_long_answers_unavailable_and_recovers() {
    let opened = Opened::postgres().await;
    let document = document(&opened.store, principal()).await;
    let mut hog = PgConnection::connect(opened.url()).await.unwrap();
    hog.execute("begin; update lane set floor = floor where lane = 1").await.unwrap();
    let said = update(principal(), &[], "patient");
    let refused = opened.store.record(document, vec![said.clone()]).await.remove(0);
    assert!(matches!(refused, Err(RecordError::Store(StoreError::Unavailable(_)))), "{refused:?}");
    hog.execute("rollback").await.unwrap();
    let recorded = opened.store.record(document, vec![said]).await.remove(0).unwrap();
    assert_eq!((recorded.seq, recorded.repeated), (1, false));
}
