use sticky_domain::port::EventStore as _;
use sticky_domain::stream::Lane;
use sticky_store::{OpenError, Store};

use crate::engines::{Opened, open_postgres};
use crate::server::{execute, shared};
use crate::world::{TestClock, document, principal, record};

async fn refusal(address: &str) -> OpenError {
    let opened = Store::open(&address.parse().unwrap(), TestClock::new()).await;
    opened.err().expect("it must be refused")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused_and_left_alone() {
    let opened = Opened::postgres().await;
    let future =
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (29990101000000, 'from the future', true, '\\x00', 0)";
    execute(opened.url(), future).await.unwrap();
    let error = refusal(opened.url()).await;
    assert!(matches!(error, OpenError::NewerSchema(29_990_101_000_000)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_make_the_schema_once() {
    let address = shared().await.create("bare").unwrap();
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move { drop(open_postgres(&address, TestClock::new()).await) })
        })
        .collect();
    for store in opening {
        store.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_is_refused() {
    let address = shared().await.create("forgetful").unwrap();
    execute(&address, "alter database forgetful set synchronous_commit = off").await.unwrap();
    let error = refusal(&address).await;
    assert!(error.to_string().contains("synchronous_commit = off"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_exist_is_named_without_the_password() {
    let address = shared().await.address("nowhere").replace("postgres@", "postgres:secret@");
    let error = refusal(&address).await.to_string();
    assert!(error.contains("database \"nowhere\" does not exist"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_nodes_serve_one_database_and_find_it_as_it_was_left() {
    let opened = Opened::postgres().await;
    let document = document(&opened.store, principal()).await;
    record(&opened.store, document, "kept").await;
    let again = opened.again().await;
    let _both = (opened.store.lock_for_serving().unwrap(), again.lock_for_serving().unwrap());
    assert_eq!(again.updates(document, 0, 100).await.unwrap().updates[0].bytes, "kept");
    assert_eq!(again.position(Lane::Control).await, Ok(2));
    assert_eq!(record(&again, document, "next").await.seq, 2);
    assert!(!again.is_volatile());
}
