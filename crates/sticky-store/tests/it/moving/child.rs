//! This test program started once more, as a move that can be killed.

use std::process::{Child, Command, Stdio};

use sticky_store::{DatabaseUrl, Moving};

/// Where the child finds its databases. Without them there is nothing to do.
const SOURCE: &str = "STICKY_TEST_SOURCE";
const TARGET: &str = "STICKY_TEST_TARGET";
/// After how many reports the child waits for its end.
const STOP: &str = "STICKY_TEST_STOP";

/// The command that moves, and stands still after `stop` more reports than the first.
pub(super) fn moving(source: &DatabaseUrl, target: &str, stop: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "moving::child::moves_until_it_is_killed", "--nocapture"])
        .env(SOURCE, source.to_string())
        .env(TARGET, target)
        .env(STOP, stop.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_until_it_is_killed() {
    let Ok(source) = std::env::var(SOURCE) else {
        return;
    };
    let target: DatabaseUrl = std::env::var(TARGET).unwrap().parse().unwrap();
    let stop: usize = std::env::var(STOP).unwrap().parse().unwrap();
    let moving = Moving::between(&source.parse().unwrap(), &target).await.unwrap();
    let mut reports = 0;
    let moved = moving.run(|progress| {
        println!("report {progress:?}");
        if reports == stop {
            loop {
                std::thread::park();
            }
        }
        reports += 1;
    });
    moved.await.unwrap();
}
