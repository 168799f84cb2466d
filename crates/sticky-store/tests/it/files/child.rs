//! This test program started once more, as a process that can be killed and watched.

use std::path::Path;
use std::process::{Command, Stdio};

use sticky_domain::id::DocumentId;
use sticky_store::{DatabaseUrl, Store};
use uuid::Uuid;

use crate::world::{PROJECT, TestClock, append, principal, record};

/// Where the child finds its database. Without it there is nothing to do.
const DATABASE: &str = "STICKY_TEST_DATABASE";
/// How many updates the child records before it ends by itself.
const UPDATES: &str = "STICKY_TEST_UPDATES";
pub(super) const DOCUMENT: DocumentId = DocumentId(Uuid::from_u128(0xd0c));

/// The command that records `updates` updates into the database, telling each seq once it is durable.
pub(super) fn recording(mut program: Command, database: &Path, updates: u64) -> Command {
    program
        .args(["--exact", "files::child::records_until_it_is_killed", "--nocapture"])
        .env(DATABASE, database)
        .env(UPDATES, updates.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    program
}

/// The command that starts this program.
pub(super) fn this_program() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_until_it_is_killed() {
    let Some(path) = std::env::var_os(DATABASE) else {
        return;
    };
    let updates: u64 = std::env::var(UPDATES).unwrap().parse().unwrap();
    let store = Store::open(&DatabaseUrl::Sqlite(path.into()), TestClock::new()).await.unwrap();
    let created = sticky_domain::event::Fact::DocumentCreated { project: PROJECT, title: None };
    let stream = sticky_domain::stream::StreamId::document(DOCUMENT);
    append(&store, stream, vec![created]).await.unwrap();
    for nth in 1..=updates {
        println!(
            "recorded {}",
            record(&store, DOCUMENT, &format!("{nth} {}", principal())).await.seq
        );
    }
}
