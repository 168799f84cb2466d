use std::path::Path;

use bytes::Bytes;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sticky_domain::port::{EventStore as _, RecordError, Snapshot, Snapshots as _, StoreError};
use sticky_domain::stream::Lane;

use crate::engines::Opened;
use crate::world::{document, principal, record, update};

/// What someone with a database tool does.
pub(super) async fn execute(path: &Path, text: &'static str) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::raw_sql(text).execute(&mut connection).await?;
    connection.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_events_can_neither_be_changed_nor_deleted() {
    let opened = Opened::file().await;
    let document = document(&opened.store, principal()).await;
    record(&opened.store, document, "said").await;
    for attempt in [
        "update event set payload = x'00'",
        "update event set actor = x'00' where lane = 0",
        "delete from event",
        "delete from event where lane = 1",
    ] {
        let error = execute(&opened.path(), attempt).await.unwrap_err().to_string();
        assert!(error.contains("the log is append-only"), "{attempt}: {error}");
    }
    assert_eq!(opened.store.updates(document, 0, 100).await.unwrap().updates.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_of_archived_events_are_not_given_again() {
    let opened = Opened::file().await;
    let document = document(&opened.store, principal()).await;
    record(&opened.store, document, "1").await;
    record(&opened.store, document, "2").await;
    let archive = "begin immediate;
         insert into setting (name, value) values ('archiving', 1);
         delete from event where lane = 1;
         delete from setting;
         commit";
    execute(&opened.path(), archive).await.unwrap();
    assert_eq!(opened.store.position(Lane::Content).await, Ok(2));
    assert_eq!(record(&opened.store, document, "3").await.seq, 3);
    let event = opened.store.lane(Lane::Content, 2, 10).await.unwrap().remove(0);
    assert_eq!((event.position, event.seq), (3, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_snapshot_gives_way_to_the_older_one() {
    let opened = Opened::file().await;
    let store = &opened.store;
    let document = document(store, principal()).await;
    for seq in 1..=2 {
        record(store, document, &format!("{seq}")).await;
        let body = Bytes::from(format!("state at {seq}"));
        store.save(document, Snapshot { seq, body, owners: Vec::new() }).await.unwrap();
    }
    let damage = "update snapshot set body = x'00' where seq = 2";
    execute(&opened.path(), damage).await.unwrap();
    let loaded = store.load(document, None, None).await.unwrap();
    assert_eq!(loaded.snapshot.unwrap().seq, 1);
    assert_eq!(loaded.tail.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_said_without_its_content() {
    let opened = Opened::file().await;
    let stream =
        sticky_domain::stream::StreamId::document(document(&opened.store, principal()).await);
    let spoil = "drop trigger event_is_never_changed;
         update event set payload = cast('a secret note' as blob) where lane = 0";
    execute(&opened.path(), spoil).await.unwrap();
    let error = opened.store.stream(stream, 0).await.unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt(_)), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_held_too_long_answers_unavailable_and_recovers() {
    let opened = Opened::file().await;
    let document = document(&opened.store, principal()).await;
    let options = SqliteConnectOptions::new().filename(opened.path());
    let mut hog = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("begin immediate").execute(&mut hog).await.unwrap();
    let said = update(principal(), &[], "patient");
    let refused = opened.store.record(document, vec![said.clone()]).await.remove(0);
    assert!(matches!(refused, Err(RecordError::Store(StoreError::Unavailable(_)))), "{refused:?}");
    sqlx::raw_sql("rollback").execute(&mut hog).await.unwrap();
    let recorded = opened.store.record(document, vec![said]).await.remove(0).unwrap();
    assert_eq!((recorded.seq, recorded.repeated), (1, false));
}
