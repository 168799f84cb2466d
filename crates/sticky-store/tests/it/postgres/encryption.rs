use std::time::{Duration, Instant};

use sticky_store::{OpenError, Store};
use sticky_testbed::{Certificate, Postgres};

use crate::world::{TestClock, document, principal, record};

async fn open(address: &str) -> Result<Store, OpenError> {
    Store::open(&address.parse().unwrap(), TestClock::new()).await
}

/// Whether the store's connections to a database are.
fn encrypted(server: &Postgres, database: &str) -> String {
    let every = format!(
        "select distinct ssl from pg_stat_ssl s join pg_stat_activity a on a.pid = s.pid
         where a.application_name = 'sticky' and a.datname = '{database}'"
    );
    server.execute(database, &every).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_the_server_is_as_private_as_its_url_says() {
    let certificate = Certificate::new("localhost").unwrap();
    let authority = certificate.authority().display().to_string();
    let server = Postgres::start_on_network(&certificate).unwrap();
    for (database, options, expected) in [
        ("plain", "sslmode=disable".to_owned(), "f"),
        ("encrypted", "sslmode=require".to_owned(), "t"),
        ("verified", format!("sslmode=verify-full&sslrootcert={authority}"), "t"),
    ] {
        server.create(database).unwrap();
        let named = server.network_address("localhost", database);
        let store = open(&format!("{named}?{options}")).await.unwrap();
        let document = document(&store, principal()).await;
        record(&store, document, "private").await;
        assert_eq!(encrypted(&server, database), expected, "{options}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_who_it_should_be_is_refused_at_once() {
    let certificate = Certificate::new("localhost").unwrap();
    let authority = certificate.authority().display().to_string();
    let server = Postgres::start_on_network(&certificate).unwrap();
    server.create("notes").unwrap();
    let (right, wrong) = (
        server.network_address("localhost", "notes"),
        server.network_address("127.0.0.1", "notes"),
    );
    for (url, expected) in [
        (format!("{right}?sslmode=verify-full"), "certificate"),
        (format!("{wrong}?sslmode=verify-full&sslrootcert={authority}"), "certificate"),
        (format!("{}&sslmode=require", server.address("notes")), "does not support TLS"),
    ] {
        let asked = Instant::now();
        let refused = open(&url).await.err().expect("it must be refused").to_string();
        assert!(refused.contains(expected), "{refused}");
        assert!(asked.elapsed() < Duration::from_secs(5), "it was tried again: {refused}");
    }
}
