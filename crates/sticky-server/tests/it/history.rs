use serde_json::json;

use crate::harness::Server;
use crate::visitor::Visitor;

const MINUTE: i64 = 60_000;

/// A note that Ana began, Ben went on with ten minutes later, and Ana ended.
async fn note(server: &Server) -> (Visitor, String) {
    let mut ana = server.service("Ana").await;
    let id = ana.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{id}");
    let content = format!("{path}/content");
    ana.ask("PUT", &content, ("text/markdown", "one")).await;
    server.advance(MINUTE);
    ana.ask("PUT", &content, ("text/markdown", "one two")).await;
    let url =
        ana.ask("POST", &format!("{path}/links"), json!({"level": "editor"})).await.member("url");
    server.advance(10 * MINUTE);
    let mut ben = server.visitor().in_browser();
    ben.ask("POST", &url[url.find("/s/").unwrap()..], json!({})).await;
    ben.ask("PUT", &content, ("text/markdown", "one two three")).await;
    server.advance(MINUTE);
    ana.ask("PUT", &content, ("text/markdown", "four")).await;
    ana.told();
    (ana, path)
}

#[tokio::test]
async fn the_past_is_read_told_and_restored() {
    let server = Server::production().await;
    let (mut ana, path) = note(&server).await;
    ana.ask("GET", &format!("{path}/timeline"), ()).await;
    ana.ask("GET", &format!("{path}/timeline?after=2&limit=1"), ()).await;
    ana.ask("GET", &format!("{path}/content?seq=2"), ()).await;
    ana.ask("GET", &format!("{path}/content?seq=0"), ()).await;
    ana.ask("GET", &format!("{path}/content?at=2026-11-20T07:16:30Z"), ()).await;
    ana.ask("GET", &format!("{path}/content?at=2026-11-20T07:00:00Z"), ()).await;
    ana.ask("POST", &format!("{path}/restore"), json!({"seq": 3})).await;
    ana.ask("GET", &format!("{path}/content"), ()).await;
    ana.ask("POST", &format!("{path}/restore"), json!({"seq": 3})).await;
    insta::assert_snapshot!(ana.told());
}

#[tokio::test]
async fn what_is_no_past_is_refused() {
    let server = Server::production().await;
    let (mut ana, path) = note(&server).await;
    for (query, code) in [
        ("content?seq=99", "seq_unknown"),
        ("content?seq=-1", "invalid_request"),
        ("content?at=soon", "invalid_request"),
        ("content?seq=1&at=2026-11-20T07:00:00Z", "invalid_request"),
        ("timeline?limit=0", "invalid_request"),
        ("timeline?limit=501", "invalid_request"),
        ("updates?max_bytes=0", "invalid_request"),
        ("updates?vector=!", "invalid_request"),
        ("updates?vector=_____w", "malformed"),
        ("updates?from=1", "invalid_request"),
        ("updates?after=1&vector=AA", "invalid_request"),
    ] {
        let answer = ana.ask("GET", &format!("{path}/{query}"), ()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, code), "{query}");
    }
    assert_eq!(
        ana.ask("POST", &format!("{path}/restore"), json!({})).await.code(),
        "invalid_request"
    );
    let mut stranger = server.service("Stranger").await;
    for query in ["timeline", "updates", "content?seq=1"] {
        assert_eq!(
            stranger.ask("GET", &format!("{path}/{query}"), ()).await.code(),
            "not_found",
            "{query}"
        );
    }
    assert_eq!(
        stranger.ask("POST", &format!("{path}/restore"), json!({"seq": 1})).await.code(),
        "not_found"
    );
}

#[tokio::test]
async fn updates_come_in_parts_that_add_up() {
    let server = Server::production().await;
    let (mut ana, path) = note(&server).await;
    let copy = ana.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let copy = format!("/api/v1/documents/{copy}/content");
    let mut after = "0".to_owned();
    loop {
        let part = ana.ask("GET", &format!("{path}/updates?after={after}&max_bytes=1"), ()).await;
        let update = crate::visitor::Payload::Raw("application/vnd.yjs.update", part.body.to_vec());
        assert_eq!(ana.ask("PUT", &copy, update).await.status, 200);
        let seq = |name: &str| part.headers[name].to_str().unwrap().to_owned();
        if seq("sticky-last-seq") == seq("sticky-head-seq") {
            break;
        }
        assert_ne!(after, seq("sticky-last-seq"));
        after = seq("sticky-last-seq");
    }
    assert_eq!(ana.ask("GET", &copy, ()).await.text(), "four");
    let whole = ana.ask("GET", &format!("{path}/updates"), ()).await;
    assert_eq!(ana.ask("GET", &format!("{path}/updates?vector=AA"), ()).await.status, 200);
    let nobody = ana.ask("GET", &format!("{path}/updates?client=1&from=0&to=9"), ()).await;
    assert_eq!(nobody.body.as_ref(), [0, 0], "nobody wrote under that id");
    assert!(whole.body.len() > nobody.body.len());
}
