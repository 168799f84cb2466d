//! No file can grow any more, and later they can again.

use std::process::Command;
use std::time::Duration;

use serde_json::json;
use sticky_testbed::{FullDisk, Postgres};

use crate::harness::Server;
use crate::typist::{open, saved, typed};

const LARGE: usize = 200_000;

/// Letters that no database makes much smaller.
fn noise(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 24) as u8 % 26
    };
    std::iter::repeat_with(letter).take(LARGE).collect()
}

async fn what_does_not_fit_is_said_and_waits_for_space(server: &Server, disk: &FullDisk) {
    let id = server.visitor().ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let content = format!("/api/v1/documents/{id}/content");
    let put =
        async |text: &str| server.visitor().ask("PUT", &content, ("text/markdown", text)).await;
    assert_eq!(put("before").await.status, 200);
    let mut ana = open(server, &format!("/collab/{id}"), "ana").await;

    disk.fill().unwrap();
    let refused = put(&String::from_utf8(noise(1)).unwrap()).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (507, "storage_full"));
    ana.send(&typed(0, &noise(2))).await;
    ana.hears_no(saved(1), Duration::from_millis(600)).await;
    assert_eq!(server.visitor().ask("GET", &content, ()).await.text(), "before");

    disk.free().unwrap();
    ana.until(saved(1)).await;
    let text = server.visitor().ask("GET", &content, ()).await;
    assert_eq!(text.text().len(), "before".len() + LARGE);
    assert_eq!(put("after").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_of_postgres_is_said_and_waited_out() {
    let disk = FullDisk::new().unwrap();
    let mut postgres = Postgres::new(&["fsync=off"]).unwrap();
    for (name, value) in disk.environment(&postgres.directory().join("data/base")) {
        postgres = postgres.with_variable(name, &value);
    }
    postgres.start_again().unwrap();
    let server = Server::listening_on(postgres.create("notes").unwrap(), true).await;
    what_does_not_fit_is_said_and_waits_for_space(&server, &disk).await;
}

#[test]
fn a_full_disk_of_sqlite_is_said_and_waited_out() {
    let (disk, place) = (FullDisk::new().unwrap(), tempfile::tempdir().unwrap());
    let within = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "full_disk::within_a_program_on_that_disk"])
        .envs(disk.environment(place.path()))
        .output()
        .unwrap();
    assert!(within.status.success(), "{}", String::from_utf8_lossy(&within.stdout));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn within_a_program_on_that_disk() {
    let Some((disk, place)) = FullDisk::of_this_program() else { return };
    let database = format!("sqlite://{}", place.join("sticky.db").display());
    let server = Server::listening_on(database, true).await;
    what_does_not_fit_is_said_and_waits_for_space(&server, &disk).await;
}
