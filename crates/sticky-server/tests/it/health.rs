use crate::harness::Server;

#[tokio::test]
async fn a_stopping_server_lives_and_is_not_ready() {
    let server = Server::production().await;
    let mut probe = server.visitor();
    assert_eq!(probe.ask("GET", "/healthz", ()).await.status, 200);
    assert_eq!(probe.ask("GET", "/readyz", ()).await.status, 200);
    server.app.lifecycle.stop();
    assert_eq!(probe.ask("GET", "/healthz", ()).await.status, 200);
    let unready = probe.ask("GET", "/readyz", ()).await;
    assert_eq!((unready.status.as_u16(), unready.code().as_str()), (503, "unavailable"));
}

#[tokio::test]
async fn every_answer_says_what_browsers_must_not_do() {
    let server = Server::production().await;
    for path in ["/", "/healthz", "/nowhere", "/api/v1/me"] {
        let headers = server.visitor().ask("GET", path, ()).await.headers;
        let csp = headers["content-security-policy"].to_str().unwrap();
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"));
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    }
    let api = server.visitor().ask("GET", "/api/v1/me", ()).await;
    assert_eq!(api.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_request_can_be_followed() {
    let server = Server::production().await;
    let sent = server.visitor().with("x-request-id", "abc-1").ask("GET", "/healthz", ()).await;
    assert_eq!(sent.headers["x-request-id"], "abc-1");
    let odd = server.visitor().with("x-request-id", "a b").ask("GET", "/healthz", ()).await;
    assert!(odd.headers["x-request-id"].to_str().unwrap().parse::<uuid::Uuid>().is_ok());
}
