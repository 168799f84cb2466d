use std::io::{BufRead as _, BufReader};
use std::process::Command;

use sticky_domain::port::EventStore as _;
use sticky_store::{DatabaseUrl, Store};

use super::child::{DOCUMENT, recording, this_program};
use crate::world::{TestClock, record};

/// Kills the process in the middle of its work; everything that it had acknowledged is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    for after in [1, 17, 120] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sticky.db");
        let mut child = recording(this_program(), &path, u64::MAX).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut last = 0;
        while last < after {
            last = acknowledged(&lines.next().unwrap().unwrap()).unwrap_or(last);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let told = lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)).last();
        let told = told.unwrap_or(last);
        let store = Store::open(&DatabaseUrl::Sqlite(path), TestClock::new()).await.unwrap();
        let read = store.updates(DOCUMENT, 0, usize::MAX).await.unwrap();
        assert!(read.head >= told, "{} of {told} are there", read.head);
        assert!(read.updates.iter().map(|update| update.seq).eq(1..=read.head));
        assert_eq!(record(&store, DOCUMENT, "after").await.seq, read.head + 1);
        store.lock_for_serving().unwrap();
    }
}

fn acknowledged(line: &str) -> Option<u64> {
    line.split_once("recorded ")?.1.trim().parse().ok()
}

/// Each acknowledged update has been forced to the disk; with that taken away, the same count must show it.
#[test]
fn every_commit_is_forced_to_the_disk() {
    const UPDATES: u64 = 40;
    let Some(full) = syncs(UPDATES, "full") else {
        assert!(std::env::var_os("CI").is_none(), "strace is needed here");
        println!("skipped: strace is not installed");
        return;
    };
    assert!(full >= UPDATES, "{full} syncs for {UPDATES} commits");
    let none = syncs(UPDATES, "normal").expect("strace was there a moment ago");
    assert!(none < UPDATES, "{none} syncs without durability: this test sees nothing");
}

/// How often a process that records `updates` updates calls fsync or fdatasync; `None` without strace.
fn syncs(updates: u64, synchronous: &str) -> Option<u64> {
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-o"]).arg(&trace);
    strace.arg(std::env::current_exe().unwrap());
    strace.env("STICKY_TEST_SYNCHRONOUS", synchronous);
    let output = recording(strace, &directory.path().join("sticky.db"), updates).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.lines().rev().find_map(acknowledged), Some(updates), "{said}");
    let calls = std::fs::read_to_string(trace).unwrap();
    Some(calls.lines().filter(|line| line.contains("sync(")).count() as u64)
}
