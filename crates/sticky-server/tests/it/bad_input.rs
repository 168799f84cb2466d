use serde_json::json;

use crate::harness::Server;
use crate::visitor::Payload;

const ID: &str = "0198c0de-0000-7000-8000-00000000ffff";

/// Every route that takes a body, and one that it would take.
fn takes_json() -> Vec<(&'static str, String)> {
    let document = |rest: &str| format!("/api/v1/documents/{ID}{rest}");
    vec![
        ("POST", "/api/v1/documents".to_owned()),
        ("PATCH", document("")),
        ("POST", document("/session")),
        ("POST", document("/links")),
        ("PATCH", document("/content")),
        ("PATCH", "/api/v1/me".to_owned()),
        ("POST", "/api/v1/browser-session".to_owned()),
        ("POST", "/s/x".to_owned()),
    ]
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused_everywhere() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    for (method, path) in takes_json() {
        for (media_type, body, status, code) in [
            ("application/json", "{", 400, "invalid_request"),
            ("application/json", "[1]", 400, "invalid_request"),
            ("application/json", "\"x\"", 400, "invalid_request"),
            ("application/json", "{\"unheard\": 1}", 400, "invalid_request"),
            ("application/json", "{\"title\": \"\\ud800\"}", 400, "invalid_request"),
            ("text/plain", "{}", 415, "unsupported_media_type"),
        ] {
            let answer = someone.ask(method, &path, (media_type, body)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (status, code),
                "{method} {path} {body}"
            );
        }
    }
}

#[tokio::test]
async fn bodies_that_are_too_large_are_refused_everywhere() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    for (method, path) in takes_json() {
        let size = if path.ends_with("/content") { 4 << 20 } else { 2 << 20 };
        let huge = format!("{{\"title\": \"{}\"}}", "x".repeat(size));
        let answer = someone.ask(method, &path, ("application/json", huge.as_str())).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (413, "payload_too_large"),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn values_of_the_wrong_kind_or_size_are_refused() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let id = someone.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let note = format!("/api/v1/documents/{id}");
    let table = [
        ("POST", "/api/v1/documents", json!({"title": 7}), "invalid_request"),
        ("POST", "/api/v1/documents", json!({"title": "x".repeat(257)}), "title_too_long"),
        ("POST", "/api/v1/documents", json!({"title": "a\0b"}), "title_invalid"),
        ("PATCH", &note, json!({"title": ["x"]}), "invalid_request"),
        ("PATCH", &note, json!({"deleted": "yes"}), "invalid_request"),
        ("PATCH", &note, json!({"title": "x".repeat(257)}), "title_too_long"),
        ("PATCH", "/api/v1/me", json!({}), "invalid_request"),
        ("PATCH", "/api/v1/me", json!({"name": null}), "invalid_request"),
    ];
    for (method, path, body, code) in table {
        let answer = someone.ask(method, path, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, code),
            "{method} {path}"
        );
    }
    let longest = json!({"title": "é".repeat(256)});
    assert_eq!(someone.ask("POST", "/api/v1/documents", longest).await.status, 201);
}

#[tokio::test]
async fn unknown_addresses_ids_and_methods_are_refused() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let table = [
        ("GET", "/nowhere".to_owned(), 404, "not_found"),
        ("GET", "/api/v1/nowhere".to_owned(), 404, "not_found"),
        ("GET", "/api/v2/documents".to_owned(), 404, "not_found"),
        ("GET", format!("/api/v1/documents/{ID}"), 404, "not_found"),
        ("PATCH", format!("/api/v1/documents/{ID}"), 404, "not_found"),
        ("DELETE", format!("/api/v1/documents/{ID}/links/{ID}"), 404, "not_found"),
        ("GET", "/api/v1/documents/x".to_owned(), 404, "not_found"),
        ("GET", "/api/v1/documents/%ff".to_owned(), 404, "not_found"),
        ("DELETE", format!("/api/v1/documents/{ID}/links/x"), 404, "not_found"),
        ("PUT", "/api/v1/documents".to_owned(), 405, "method_not_allowed"),
        ("PUT", "/api/v1/me".to_owned(), 405, "method_not_allowed"),
        ("POST", format!("/api/v1/documents/{ID}"), 405, "method_not_allowed"),
        ("POST", format!("/api/v1/documents/{ID}/content"), 405, "method_not_allowed"),
        ("DELETE", "/healthz".to_owned(), 405, "method_not_allowed"),
        ("PROPFIND", "/api/v1/documents".to_owned(), 405, "method_not_allowed"),
        ("GET", format!("/collab/{ID}"), 426, "upgrade_required"),
    ];
    for (method, path, status, code) in table {
        let answer = someone.ask(method, &path, Payload::Nothing).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_problem_details() {
    let server = Server::production().await;
    let mut someone = server.visitor();
    someone.ask("GET", "/api/v1/documents", ()).await;
    someone.ask("GET", "/nowhere", ()).await;
    someone.ask("POST", "/healthz", ()).await;
    insta::assert_snapshot!(someone.told());
}
