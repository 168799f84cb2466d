//! Who asks for too much is asked to wait.

use serde_json::json;

use crate::harness::{Options, Server};
use crate::raw::Raw;
use crate::socket::Socket;

const NOTES: &str = "/api/v1/documents";

async fn limited(settings: &[(&str, &str)]) -> Server {
    let settings = [&[("STICKY_RATE_LIMIT", "true")], settings].concat();
    Server::new(Options {
        local_dev: false,
        public_url: "https://notes.example.org",
        environment: &settings,
    })
    .await
}

#[tokio::test]
async fn everyone_has_their_own_and_changes_cost_more() {
    let server = limited(&[("STICKY_PRINCIPAL_RATE", "1/12")]).await;
    let (mut ana, mut ben) = (server.service("ana").await, server.service("ben").await);
    for _ in 0..2 {
        assert_eq!(ana.ask("POST", NOTES, json!({})).await.status, 201);
    }
    let refused = ana.ask("GET", NOTES, ()).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "too_many_requests"));
    assert_eq!(refused.headers["retry-after"], "1");
    for _ in 0..12 {
        assert_eq!(ben.ask("GET", NOTES, ()).await.status, 200);
    }
}

#[tokio::test]
async fn what_looks_through_much_costs_more() {
    let server = limited(&[("STICKY_PRINCIPAL_RATE", "1/12"), ("STICKY_LINK_RATE", "1/12")]).await;
    let mut ana = server.service("ana").await;
    let search = "/api/v1/search?q=plan";
    assert_eq!(ana.ask("GET", search, ()).await.status, 200);
    assert_eq!(ana.ask("GET", search, ()).await.status, 429);

    let mut owner = server.service("owner").await;
    let id = owner.ask("POST", NOTES, json!({})).await.member("id");
    let made = owner.ask("POST", &format!("{NOTES}/{id}/links"), json!({"level": "viewer"})).await;
    let url = made.member("url");
    let picture = format!("{}/preview.svg", &url[url.find("/s/").unwrap()..]);
    let mut chat = server.visitor();
    assert_eq!(chat.ask("GET", &picture, ()).await.status, 200);
    assert_eq!(chat.ask("GET", &picture, ()).await.status, 429);
}

#[tokio::test]
async fn all_who_come_by_a_link_share_one() {
    let server = limited(&[("STICKY_LINK_RATE", "1/10")]).await;
    let mut owner = server.service("owner").await;
    let id = owner.ask("POST", NOTES, json!({})).await.member("id");
    let link = async |owner: &mut crate::visitor::Visitor| {
        let made =
            owner.ask("POST", &format!("{NOTES}/{id}/links"), json!({"level": "viewer"})).await;
        let url = made.member("url");
        url[url.find("/s/").unwrap()..].to_owned()
    };
    let (first, second) = (link(&mut owner).await, link(&mut owner).await);
    let open = async |link: &str| {
        server.visitor().in_browser().ask("POST", link, json!({})).await.status.as_u16()
    };
    assert_eq!((open(&first).await, open(&first).await, open(&first).await), (200, 200, 429));
    assert_eq!(open(&second).await, 200);
    assert_eq!(server.visitor().ask("GET", &first, ()).await.status, 429);
}

#[tokio::test]
async fn strangers_are_told_apart_by_an_address_that_a_proxy_of_ours_vouches_for() {
    let settings = [
        ("STICKY_RATE_LIMIT", "true"),
        ("STICKY_ADDRESS_RATE", "1/3"),
        ("STICKY_TRUSTED_PROXIES", "127.0.0.0/8"),
    ];
    let server = Server::listening_with(false, &settings).await;
    let ask = async |forwarded: &str, authorization: &str| {
        let mut raw = Raw::connect(server.address()).await;
        let host = server.address();
        raw.send(&format!(
            "GET /api/v1/me HTTP/1.1\r\nhost: {host}\r\nx-forwarded-for: {forwarded}\r\n{authorization}\r\n"
        ))
        .await;
        raw.head().await["HTTP/1.1 ".len()..][..3].to_owned()
    };
    for _ in 0..3 {
        assert_eq!(ask("6.6.6.6, 203.0.113.1", "").await, "200");
    }
    assert_eq!(ask("7.7.7.7, 203.0.113.1", "").await, "429");
    assert_eq!(ask("203.0.113.2", "").await, "200");
    let guess = "authorization: Bearer stk_guess\r\n";
    assert_eq!(ask("203.0.113.3", guess).await, "401");
    assert_eq!(ask("203.0.113.3", guess).await, "429", "a guess costs more than a question");
}

#[tokio::test]
async fn who_opens_too_many_sockets_is_closed() {
    let settings = [("STICKY_RATE_LIMIT", "true"), ("STICKY_PRINCIPAL_RATE", "1/12")];
    let server = Server::listening_with(false, &settings).await;
    let mut owner = server.service("owner").await;
    let id = owner.ask("POST", NOTES, json!({})).await.member("id");
    let path = format!("/collab/{id}?token={}", owner.bearer());
    let mut first = Socket::open(server.address(), &path, &[]).await;
    first.sync().await;
    let second = Socket::open(server.address(), &path, &[]).await;
    assert_eq!(second.closed().await, Some((4529, "slow_down".to_owned())));
}

#[tokio::test]
async fn health_is_told_to_everyone() {
    let settings = [("STICKY_RATE_LIMIT", "true"), ("STICKY_ADDRESS_RATE", "1/1")];
    let server = Server::listening_with(false, &settings).await;
    for _ in 0..3 {
        let mut raw = Raw::connect(server.address()).await;
        raw.send(&format!("GET /readyz HTTP/1.1\r\nhost: {}\r\n\r\n", server.address())).await;
        assert!(raw.head().await.starts_with("HTTP/1.1 200"));
    }
}
