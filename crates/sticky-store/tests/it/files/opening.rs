use std::path::Path;

use sticky_domain::port::EventStore as _;
use sticky_domain::stream::Lane;
use sticky_store::{DatabaseUrl, OpenError, Store};

use super::tampering::execute;
use crate::engines::Opened;
use crate::world::{TestClock, document, principal, record};

async fn refusal(path: &Path) -> OpenError {
    let url = DatabaseUrl::Sqlite(path.to_owned());
    Store::open(&url, TestClock::new()).await.err().expect("it must be refused")
}

#[tokio::test]
async fn what_cannot_be_a_database_is_refused_with_the_reason() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("notes.txt");
    std::fs::write(&text, "not a database, and long enough to have a header ".repeat(9)).unwrap();
    let missing = directory.path().join("no/such/place/sticky.db");
    let table: [(&Path, &str); 4] = [
        (&text, "it is not a SQLite database"),
        (&missing, "does not exist"),
        (directory.path(), "it is a directory"),
        (Path::new("/proc/sticky.db"), "read-only"),
    ];
    for (path, expected) in table {
        let message = refusal(path).await.to_string();
        assert!(message.contains(expected), "{message}");
        assert!(message.contains(&path.display().to_string()), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused_and_left_alone() {
    let opened = Opened::file().await;
    opened.store.close().await;
    let path = opened.path();
    execute(
        &path,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (29990101000000, 'from the future', true, x'00', 0)",
    )
    .await
    .unwrap();
    let error = refusal(&path).await;
    assert!(matches!(error, OpenError::NewerSchema(29_990_101_000_000)), "{error}");
    assert!(error.to_string().contains("newer version of sticky"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_may_make_the_database_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("sticky.db"));
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Store::open(&url, TestClock::new()).await.map(drop) })
        })
        .collect();
    for store in opening {
        store.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_database_opens_as_it_was_left() {
    let opened = Opened::file().await;
    let document = document(&opened.store, principal()).await;
    record(&opened.store, document, "kept").await;
    opened.store.close().await;
    assert_eq!(std::fs::metadata(opened.path().with_extension("db-wal")).unwrap().len(), 0);
    let again = opened.again().await;
    assert_eq!(again.updates(document, 0, 100).await.unwrap().updates[0].bytes, "kept");
    assert_eq!(again.position(Lane::Control).await, Ok(2));
    assert_eq!(record(&again, document, "next").await.seq, 2);
}
