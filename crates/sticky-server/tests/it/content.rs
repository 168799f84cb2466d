use serde_json::json;

use crate::harness::Server;
use crate::visitor::{Payload, Visitor};

async fn note(server: &Server, text: &str) -> (Visitor, String) {
    let mut someone = server.visitor();
    let id = someone.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{id}/content");
    if !text.is_empty() {
        assert_eq!(someone.ask("PUT", &path, ("text/markdown", text)).await.status, 200);
    }
    someone.told();
    (someone, path)
}

#[tokio::test]
async fn text_is_put_read_and_edited() {
    let server = Server::local().await;
    let (mut someone, path) = note(&server, "").await;
    someone.ask("GET", &path, ()).await;
    someone.ask("PUT", &path, ("text/markdown; charset=utf-8", "# List\n\n- [ ] milk 🥛\n")).await;
    someone.ask("PATCH", &path, json!({"op": "append", "text": "- [ ] bread\n"})).await;
    someone.ask("PATCH", &path, json!({"op": "prepend", "text": "> today\n\n"})).await;
    someone.ask("PATCH", &path, json!({"op": "insert", "at": 2, "text": "not "})).await;
    someone
        .ask("PATCH", &path, json!({"op": "replace", "find": "[ ]", "with": "[x]", "nth": 2}))
        .await;
    someone.ask("PATCH", &path, json!({"op": "tick", "text": "milk 🥛", "checked": true})).await;
    someone.ask("PATCH", &path, json!({"op": "tick", "line": 6, "checked": false})).await;
    someone.ask("GET", &path, ()).await;
    insta::assert_snapshot!(someone.told());
    let title = path.strip_suffix("/content").unwrap();
    assert_eq!(someone.ask("GET", title, ()).await.member("title"), "not today");
}

#[tokio::test]
async fn a_note_is_read_as_html_and_as_yjs() {
    let server = Server::local().await;
    let (someone, path) = note(&server, "# Hi\n\n<script>alert(1)</script>").await;
    let mut reader = someone.with("accept", "text/html");
    let html = reader.ask("GET", &path, ()).await;
    assert_eq!(html.headers["content-type"], "text/html; charset=utf-8");
    assert!(html.text().contains("<h1>Hi</h1>") && !html.text().contains("<script"));
    let mut reader = reader.with("accept", "application/vnd.yjs.update");
    let state = reader.ask("GET", &path, ()).await;
    assert_eq!(state.headers["etag"], "\"1\"");
    let (mut other, copy) = note(&server, "").await;
    let update = Payload::Raw("application/vnd.yjs.update", state.body.to_vec());
    assert_eq!(other.ask("PUT", &copy, update).await.status, 200);
    assert!(other.ask("GET", &copy, ()).await.text().starts_with("# Hi"));
}

#[tokio::test]
async fn an_etag_saves_reading_and_guards_writing() {
    let server = Server::local().await;
    let (mut someone, path) = note(&server, "one").await;
    let etag = someone.ask("GET", &path, ()).await.headers["etag"].to_str().unwrap().to_owned();
    let mut cached = server.visitor().with("if-none-match", &etag);
    let answer = cached.ask("GET", &path, ()).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0));
    someone.ask("PUT", &path, ("text/markdown", "one two")).await;
    assert_eq!(cached.ask("GET", &path, ()).await.status, 200);
    // What others wrote since is kept.
    let mut writer = server.visitor().with("if-match", &etag);
    assert_eq!(writer.ask("PUT", &path, ("text/markdown", "zero one")).await.status, 200);
    assert_eq!(someone.ask("GET", &path, ()).await.text(), "zero one two");
    for (etag, status, code) in [
        ("\"999\"", 412, "precondition_failed"),
        ("W/\"1\"", 412, "precondition_failed"),
        ("1", 412, "precondition_failed"),
    ] {
        let mut writer = server.visitor().with("if-match", etag);
        let answer = writer.ask("PUT", &path, ("text/markdown", "x")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{etag}");
    }
}

#[tokio::test]
async fn edits_that_cannot_be_are_refused() {
    let server = Server::local().await;
    let (mut someone, path) = note(&server, "one").await;
    let table = [
        (json!({"op": "insert", "at": 4, "text": "x"}), 409, "not_found_in_text"),
        (json!({"op": "replace", "find": "two", "with": "x"}), 409, "not_found_in_text"),
        (json!({"op": "replace", "find": "one", "with": "x", "nth": 2}), 409, "not_found_in_text"),
        (json!({"op": "tick", "line": 1, "checked": true}), 409, "not_found_in_text"),
        (json!({"op": "replace", "find": "", "with": "x"}), 400, "invalid_request"),
        (json!({"op": "replace", "find": "one", "with": "x", "nth": 0}), 400, "invalid_request"),
        (json!({"op": "tick", "checked": true}), 400, "invalid_request"),
        (json!({"op": "tick", "line": 1, "text": "x", "checked": true}), 400, "invalid_request"),
        (json!({"op": "insert", "at": -1, "text": "x"}), 400, "invalid_request"),
        (json!({"op": "append", "text": 7}), 400, "invalid_request"),
        (json!({"op": "append", "text": "x", "at": 1}), 400, "invalid_request"),
        (json!({"op": "erase"}), 400, "invalid_request"),
        (json!([]), 400, "invalid_request"),
    ];
    for (body, status, code) in table {
        let answer = someone.ask("PATCH", &path, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body}");
    }
    let put = async |media_type, bytes: &[u8]| {
        let answer =
            server.visitor().ask("PUT", &path, Payload::Raw(media_type, bytes.to_vec())).await;
        (answer.status.as_u16(), answer.code())
    };
    assert_eq!(put("text/markdown", b"\xff").await, (400, "invalid_request".to_owned()));
    assert_eq!(put("text/plain", b"x").await, (415, "unsupported_media_type".to_owned()));
    assert_eq!(put("application/vnd.yjs.update", b"\xff").await, (400, "malformed".to_owned()));
    let huge = vec![b'x'; (4 << 20) + 1];
    assert_eq!(put("text/markdown", &huge).await, (413, "payload_too_large".to_owned()));
    let answer = server.visitor().with("accept", "image/png").ask("GET", &path, ()).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (406, "not_acceptable"));
    assert_eq!(someone.ask("GET", &path, ()).await.text(), "one");
}

#[tokio::test]
async fn what_is_in_the_trash_is_neither_read_nor_written() {
    let server = Server::local().await;
    let (mut someone, path) = note(&server, "one").await;
    someone.ask("DELETE", path.strip_suffix("/content").unwrap(), ()).await;
    let session = format!("{}/session", path.strip_suffix("/content").unwrap());
    for answer in [
        someone.ask("GET", &path, ()).await,
        someone.ask("PUT", &path, ("text/markdown", "two")).await,
        someone.ask("PATCH", &path, json!({"op": "append", "text": "x"})).await,
        someone.ask("POST", &session, json!({})).await,
    ] {
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (410, "in_trash"));
    }
}
