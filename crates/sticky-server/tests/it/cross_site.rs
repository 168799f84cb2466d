use serde_json::json;

use crate::harness::{Options, Server};

const CREATE: &str = "/api/v1/documents";

#[tokio::test]
async fn a_cookie_counts_only_from_our_own_pages() {
    let server = Server::new(Options {
        local_dev: false,
        public_url: "https://notes.example.org",
        environment: &[("STICKY_ANONYMOUS_NOTES", "true")],
    })
    .await;
    let mut browser = server.visitor().in_browser();
    browser.ask("POST", "/api/v1/browser-session", json!({})).await;
    let cookie = browser.cookie().unwrap().to_owned();
    assert_eq!(browser.ask("POST", CREATE, json!({})).await.status, 201);
    for origin in [
        "https://evil.example",
        "null",
        "https://notes.example.org.evil.example",
        "http://notes.example.org",
        "https://notes.example.org:444",
    ] {
        let mut page = server.visitor().with("cookie", &cookie).with("origin", origin);
        let answer = page.ask("POST", CREATE, json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "origin_refused"));
        assert_eq!(page.ask("GET", CREATE, ()).await.status, 200, "reading is left to CORS");
    }
    let mut silent = server.visitor().with("cookie", &cookie);
    assert_eq!(silent.ask("POST", CREATE, json!({})).await.code(), "origin_refused");
    assert_eq!(
        silent.ask("PATCH", "/api/v1/me", json!({"name": "x"})).await.code(),
        "origin_refused"
    );
}

#[tokio::test]
async fn pages_of_other_sites_do_nothing_in_local_dev_either() {
    let server = Server::local().await;
    let post = async |origin: &'static str, host: &'static str| {
        let mut page = server.visitor().with("origin", origin).with("host", host);
        page.ask("POST", CREATE, json!({})).await.status.as_u16()
    };
    assert_eq!(post("https://evil.example", "localhost:8080").await, 403);
    assert_eq!(post("http://localhost:8080", "localhost:8080").await, 201);
    assert_eq!(post("http://127.0.0.1:5173", "127.0.0.1:5173").await, 201);
    assert_eq!(post("http://127.0.0.1:5173", "localhost:8080").await, 403);
}

#[tokio::test]
async fn local_dev_answers_only_names_of_this_computer() {
    let server = Server::local().await;
    for host in ["evil.example", "localhost.evil.example", "10.0.0.1:8080"] {
        for path in ["/healthz", "/", "/api/v1/me"] {
            let answer = server.visitor().with("host", host).ask("GET", path, ()).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (421, "host_refused"));
        }
    }
    for host in ["localhost", "127.0.0.1:9", "[::1]:8080"] {
        assert_eq!(
            server.visitor().with("host", host).ask("GET", "/healthz", ()).await.status,
            200
        );
    }
    let production = Server::production().await;
    assert_eq!(
        production.visitor().with("host", "10.0.0.1").ask("GET", "/healthz", ()).await.status,
        200
    );
}

#[tokio::test]
async fn nothing_is_shared_with_other_origins() {
    let server = Server::local().await;
    let mut page = server.visitor().with("origin", "https://evil.example");
    let answer = page.ask("GET", "/api/v1/me", ()).await;
    assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")));
    let preflight = page.ask("OPTIONS", CREATE, ()).await;
    assert_eq!(preflight.code(), "method_not_allowed");
}
