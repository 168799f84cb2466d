//! This test program started once more, as a node that writes.

use std::process::{Child, Command, Stdio};

use sticky_domain::id::DocumentId;
use uuid::Uuid;

use crate::engines::open_postgres;
use crate::world::{TestClock, record};

/// Where the child finds its database. Without it there is nothing to do.
const ADDRESS: &str = "STICKY_TEST_POSTGRES";
const DOCUMENT: &str = "STICKY_TEST_DOCUMENT";
/// Tasks in each child.
pub(super) const WRITERS: usize = 2;
/// Updates that each task records, one after the other.
pub(super) const EACH: usize = 100;

pub(super) fn writing(address: &str, document: DocumentId) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postgres::child::writes_when_told_where", "--nocapture"])
        .env(ADDRESS, address)
        .env(DOCUMENT, document.0.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The seqs that a child has told.
pub(super) fn told(child: Child) -> Vec<u64> {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(seq).collect()
}

/// The seq in a line of a child.
pub(super) fn seq(line: &str) -> Option<u64> {
    line.split_once("recorded ")?.1.trim().parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_when_told_where() {
    let Ok(address) = std::env::var(ADDRESS) else {
        return;
    };
    let document = DocumentId(Uuid::parse_str(&std::env::var(DOCUMENT).unwrap()).unwrap());
    let store = open_postgres(&address, TestClock::new()).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for nth in 0..EACH {
                    println!("recorded {}", record(&store, document, &format!("{nth}")).await.seq);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}
