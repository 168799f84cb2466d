//! Postgres goes away and comes back, while people write over real sockets.

use std::time::Duration;

use serde_json::json;
use sticky_testbed::Postgres;

use crate::harness::Server;
use crate::socket::Socket;
use crate::typist::{is_update, open, saved, typed};
use crate::visitor::Answer;

/// What waits, unrecorded, for one note.
const ALLOWANCE: usize = 256 << 10;
const TYPED: u8 = 20;
const PIECES: usize = 24;
const PIECE: usize = 64 << 10;

/// How long the outage lasts beyond what the answers below take.
fn longer() -> Duration {
    let seconds = std::env::var("STICKY_TEST_OUTAGE").map_or(0, |text| text.parse().unwrap());
    Duration::from_secs(seconds)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_and_words_outlast_a_database_that_is_away() {
    let mut postgres = Postgres::start(&["fsync=off"]).unwrap();
    let server = Server::listening_on(postgres.create("notes").unwrap(), true).await;
    let id = server.visitor().ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/collab/{id}");
    let (mut ana, mut ben) = (open(&server, &path, "ana").await, open(&server, &path, "ben").await);
    ana.send(&typed(0, b"a")).await;
    ana.until(saved(1)).await;
    ben.until(is_update).await;

    postgres.kill().unwrap();
    for letters in 1..TYPED {
        ana.send(&typed(letters.into(), b"a")).await;
    }
    everyone_is_told_to_come_again(&server, &path).await;
    let silent = Duration::from_millis(100) + longer();
    tokio::join!(ana.hears_no(saved(2), silent), ben.hears_no(is_update, silent));

    postgres.start_again().unwrap();
    ana.until(saved(TYPED)).await;
    ben.until(is_update).await;
    let text = server.visitor().ask("GET", &format!("/api/v1/documents/{id}/content"), ()).await;
    assert_eq!(text.text(), "a".repeat(TYPED.into()));
    assert_eq!(server.visitor().ask("GET", "/readyz", ()).await.status, 200);
}

/// Every door answers within seconds, and names no reason that is the caller's.
async fn everyone_is_told_to_come_again(server: &Server, path: &str) {
    let ask = async |method: &str, path: &str| server.visitor().ask(method, path, json!({})).await;
    let content = path.replace("/collab", "/api/v1/documents") + "/content";
    let (ready, list, new, read, socket) = tokio::join!(
        ask("GET", "/readyz"),
        ask("GET", "/api/v1/documents"),
        ask("POST", "/api/v1/documents"),
        ask("GET", &content),
        async { Socket::open(server.address(), path, &[]).await.closed().await },
    );
    for answer in [ready, list, new, read] {
        assert_eq!(said(&answer), (503, "unavailable".to_owned(), true), "{}", answer.text());
    }
    assert_eq!(socket, Some((1013, "unavailable".to_owned())));
}

/// Status, code, and whether it says when to come again.
fn said(answer: &Answer) -> (u16, String, bool) {
    (answer.status.as_u16(), answer.code(), answer.headers.contains_key("retry-after"))
}

/// A database that hangs instead of refusing: what is sent waits, up to what a note may have waiting, and is recorded once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_waits_in_its_socket_while_the_database_hangs() {
    let postgres = Postgres::start(&["fsync=off"]).unwrap();
    let server = Server::listening_on(postgres.create("notes").unwrap(), true).await;
    let id = server.visitor().ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let mut flood = open(&server, &format!("/collab/{id}"), "flood").await;
    flood.send(&typed(0, b"a")).await;
    flood.until(saved(1)).await;

    postgres.freeze().unwrap();
    let sending = tokio::spawn(async move {
        for nth in 0..PIECES {
            flood.send(&typed(1 + nth * PIECE, &[b'x'; PIECE])).await;
        }
        flood
    });
    tokio::time::sleep(Duration::from_secs(1) + longer()).await;
    let waiting = server.app.relay.stats().unrecorded;
    assert!((ALLOWANCE - PIECE..=ALLOWANCE).contains(&waiting), "{waiting} bytes wait");

    postgres.thaw().unwrap();
    let mut flood = sending.await.unwrap();
    flood.until(saved(1 + PIECES as u8)).await;
    assert_eq!(server.app.relay.stats().unrecorded, 0);
    let text = server.visitor().ask("GET", &format!("/api/v1/documents/{id}/content"), ()).await;
    assert_eq!(text.text().len(), 1 + PIECES * PIECE);
}

/// A stop in the middle of a sentence: what was told to be saved is there for the next server, and the rest was not told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_drains_into_postgres() {
    let postgres = Postgres::start(&["fsync=off"]).unwrap();
    let url = postgres.create("notes").unwrap();
    let server = Server::listening_on(url.clone(), true).await;
    let id = server.visitor().ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let mut ana = open(&server, &format!("/collab/{id}"), "ana").await;
    for letters in 0..TYPED {
        ana.send(&typed(letters.into(), b"a")).await;
    }
    let is_saved = |frame: &[u8]| frame.starts_with(&[120]);
    let first = ana.until(is_saved).await;
    let (told, ()) = tokio::join!(ana.last_before_the_close(is_saved), server.stop());
    let again = Server::listening_on(url, true).await;
    let text = again.visitor().ask("GET", &format!("/api/v1/documents/{id}/content"), ()).await;
    assert_eq!(text.text().len(), usize::from(told.unwrap_or(first)[1]));
}
