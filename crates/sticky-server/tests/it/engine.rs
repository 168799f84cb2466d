//! Where a test's notes are: in memory, or with `STICKY_TEST_ENGINE=postgres` in a database of its own.

use std::process::Command;
use std::sync::Arc;

use sticky_server::system::SystemClock;
use sticky_store::Store;
use sticky_testbed::Postgres;
use tokio::sync::OnceCell;

const ENGINE: &str = "STICKY_TEST_ENGINE";
const TEMPLATE: &str = "sticky_template";

/// The URL of a new database.
pub(crate) async fn fresh_database() -> String {
    match std::env::var(ENGINE).as_deref() {
        Err(_) | Ok("memory") => "memory://".to_owned(),
        Ok("postgres") => shared().await.copy(TEMPLATE).unwrap(),
        Ok(other) => panic!("{ENGINE}={other}: it is memory or postgres"),
    }
}

/// The server of all tests that do not kill theirs.
async fn shared() -> &'static Postgres {
    static SHARED: OnceCell<Postgres> = OnceCell::const_new();
    SHARED.get_or_init(with_template).await
}

async fn with_template() -> Postgres {
    let server = Postgres::start(&["fsync=off"]).unwrap();
    let url = server.create(TEMPLATE).unwrap().parse().unwrap();
    Store::open(&url, Arc::new(SystemClock)).await.unwrap().close().await;
    server
}

/// This test program once more, on the other engine.
#[test]
fn all_of_this_holds_on_postgres() {
    if std::env::var_os(ENGINE).is_some() {
        return;
    }
    let suite = Command::new(std::env::current_exe().unwrap())
        .env(ENGINE, "postgres")
        // Those choose their own database.
        .args([
            "--skip",
            "cli::",
            "--skip",
            "outage::",
            "--skip",
            "full_disk::",
            "--skip",
            "canary::",
        ])
        .status()
        .unwrap();
    assert!(suite.success(), "see above; {ENGINE}=postgres runs one of them alone");
}
