//! `Idempotency-Key`: done once, however often it is asked for.

use serde_json::json;

use crate::accounts::{PASSWORD, credentials, open_server, registered, signed_in};
use crate::harness::Server;
use crate::visitor::{Answer, Visitor};

const NOTES: &str = "/api/v1/documents";
const DAY: i64 = 24 * 60 * 60 * 1_000;

fn keyed(someone: Visitor, key: &str) -> Visitor {
    someone.with("idempotency-key", key)
}

fn is_replayed(answer: &Answer) -> bool {
    answer.headers.contains_key("idempotency-replayed")
}

async fn count(server: &Server) -> u64 {
    server.visitor().ask("GET", NOTES, ()).await.json()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn a_repeated_request_is_answered_the_same() {
    let server = Server::local().await;
    let mut someone = keyed(server.visitor(), "k1");
    let first = someone.ask("POST", NOTES, json!({"title": "Plan"})).await;
    server.advance(DAY - 1);
    let again = someone.ask("POST", NOTES, json!({"title": "Plan"})).await;
    assert!(!is_replayed(&first) && is_replayed(&again));
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    for name in ["location", "etag", "content-type"] {
        assert_eq!(again.headers[name], first.headers[name]);
    }
    let other = someone.ask("POST", NOTES, json!({"title": "Other"})).await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "idempotency_key_reused"));
    assert_eq!(count(&server).await, 1);
}

#[tokio::test]
async fn keys_are_of_one_sender_and_one_address() {
    let server = Server::production().await;
    let (mut ana, mut ben) = (server.service("ana").await, server.service("ben").await);
    for someone in [&mut ana, &mut ben] {
        let visitor = std::mem::replace(someone, server.visitor());
        *someone = keyed(visitor, "same");
    }
    let ours = ana.ask("POST", NOTES, json!({})).await.member("id");
    assert_ne!(ben.ask("POST", NOTES, json!({})).await.member("id"), ours);
    assert_eq!(ana.ask("POST", NOTES, json!({})).await.member("id"), ours);
    let links = format!("{NOTES}/{ours}/links");
    assert_eq!(ana.ask("POST", &links, json!({"level": "viewer"})).await.status, 201);
}

/// A key that would not be kept is refused rather than ignored: whoever sends one repeats the request.
#[tokio::test]
async fn a_key_of_nobody_is_refused_and_nothing_is_done() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let mut owner = signed_in(&server, "ana").await;
    let note = owner.ask("POST", NOTES, json!({})).await.member("id");
    let links = format!("{NOTES}/{note}/links");
    let link = owner.ask("POST", &links, json!({"level": "viewer", "max_uses": 1})).await;
    let open = link.member("url");
    let open = &open[open.find("/s/").unwrap()..];
    for (path, body) in [
        (open, json!({"open": true})),
        ("/api/v1/users", credentials("ben", PASSWORD)),
        ("/api/v1/login", credentials("ana", PASSWORD)),
        ("/api/v1/login/browser", credentials("ana", PASSWORD)),
        ("/api/v1/browser-session", json!({})),
        (NOTES, json!({})),
    ] {
        let answer = keyed(server.visitor().in_browser(), "k").ask("POST", path, body).await;
        let told = (answer.status.as_u16(), answer.code());
        assert_eq!(told, (400, "idempotency_key_refused".to_owned()), "{path}");
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
    }
    let mut guest = server.visitor().in_browser();
    assert_eq!(guest.ask("POST", open, json!({"open": true})).await.status, 200, "no use is gone");
    registered(&server, "ben").await;
    let mut stale = keyed(server.visitor().in_browser(), "k").with("cookie", "__Host-sticky=AA");
    assert_eq!(stale.ask("POST", open, json!({"open": true})).await.code(), "unauthorized");
}

#[tokio::test]
async fn who_is_known_opens_a_link_once() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let note = owner.ask("POST", NOTES, json!({})).await.member("id");
    let links = format!("{NOTES}/{note}/links");
    let mut browser = server.visitor().in_browser();
    let first = owner.ask("POST", &links, json!({"level": "viewer"})).await.member("url");
    browser.ask("POST", &first[first.find("/s/").unwrap()..], json!({})).await;
    let second = owner.ask("POST", &links, json!({"level": "viewer", "max_uses": 2})).await;
    let path = second.member("url");
    let path = &path[path.find("/s/").unwrap()..];
    let mut browser = keyed(browser, "k");
    let opened = browser.ask("POST", path, json!({"open": true})).await;
    let again = browser.ask("POST", path, json!({"open": true})).await;
    assert!(is_replayed(&again) && again.body == opened.body);
    let uses = owner.ask("GET", &links, ()).await.json()["items"][0]["uses"].clone();
    assert_eq!(uses, 1);
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let server = Server::local().await;
    let mut someone = keyed(server.visitor(), "k");
    let body = json!({"title": "x".repeat(257)});
    assert_eq!(someone.ask("POST", NOTES, body.clone()).await.status, 400);
    assert!(!is_replayed(&someone.ask("POST", NOTES, body).await));
    assert_eq!(someone.ask("POST", NOTES, json!({})).await.status, 201);
}

#[tokio::test]
async fn of_many_at_once_one_does_it() {
    let server = Server::local().await;
    let asking = (0..20).map(|_| {
        let mut someone = keyed(server.visitor(), "k");
        tokio::spawn(async move { someone.ask("POST", NOTES, json!({"title": "Plan"})).await.body })
    });
    let mut bodies = Vec::new();
    for answer in asking.collect::<Vec<_>>() {
        bodies.push(answer.await.unwrap());
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    assert_eq!(count(&server).await, 1);
}

#[tokio::test]
async fn who_hangs_up_finds_it_done() {
    let server = Server::local().await;
    let mut hasty = keyed(server.visitor(), "k");
    let asking = hasty.ask("POST", NOTES, json!({"title": "Plan"}));
    // Polled once: the work has begun, and nobody waits for it any more.
    assert!(futures::future::FutureExt::now_or_never(asking).is_none());
    let mut again = keyed(server.visitor(), "k");
    assert_eq!(again.ask("POST", NOTES, json!({"title": "Plan"})).await.status, 201);
    assert_eq!(count(&server).await, 1);
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused() {
    let server = Server::local().await;
    for key in ["", &"x".repeat(256)] {
        let answer = keyed(server.visitor(), key).ask("POST", NOTES, json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "invalid_request"));
        assert_eq!(answer.json()["errors"][0]["header"], "idempotency-key");
    }
    assert_eq!(keyed(server.visitor(), "k").ask("GET", NOTES, ()).await.status, 200);
}
