//! API tokens: what they may do, and how they end.

use serde_json::json;

use crate::accounts::{open_server, refused, registered, signed_in, told};

#[tokio::test]
async fn a_token_does_what_its_scope_says() {
    let server = open_server().await;
    server.administrator("root").await;
    let mut root = signed_in(&server, "root").await;
    let note = root.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{note}");
    let mut programs = Vec::new();
    for scope in ["read", "write", "admin"] {
        let issued =
            root.ask("POST", "/api/v1/me/tokens", json!({ "scope": scope, "label": scope })).await;
        let bearer = format!("Bearer {}", issued.member("token"));
        programs.push(server.visitor().with("authorization", &bearer));
    }
    let nobody = "/api/v1/users/0198c0de-0000-7000-8000-00000000ffff";
    let mut answers = Vec::new();
    for program in &mut programs {
        let session = program.ask("POST", &format!("{path}/session"), json!({})).await;
        answers.push((
            program.ask("GET", &path, ()).await.status.as_u16(),
            session.member("level"),
            program.ask("PATCH", &path, json!({ "title": "x" })).await.status.as_u16(),
            program.ask("POST", "/api/v1/documents", json!({})).await.status.as_u16(),
            program.ask("DELETE", nobody, ()).await.status.as_u16(),
            told(&program.ask("POST", "/api/v1/me/tokens", json!({})).await),
        ));
    }
    let viewer = || "viewer".to_owned();
    let owner = || "owner".to_owned();
    let login = || refused(403, "sign_in_needed");
    let expected = [
        (200, viewer(), 403, 403, 403, login()),
        (200, owner(), 200, 201, 403, login()),
        (200, owner(), 200, 201, 404, login()),
    ];
    assert_eq!(answers, expected);
    let read = programs[0].ask("PATCH", &path, json!({ "title": "x" })).await;
    assert_eq!(read.code(), "scope_needed");
}

#[tokio::test]
async fn tokens_are_listed_without_their_secret_and_revoked_for_good() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let mut ana = signed_in(&server, "ana").await;
    let soon = json!({ "label": "Export", "scope": "read", "expires_at": "2026-11-20T07:16:00Z" });
    let issued = ana.ask("POST", "/api/v1/me/tokens", soon).await;
    let text = issued.member("token");
    let ended = json!({ "expires_at": "2020-01-01T00:00:00Z" });
    assert_eq!(
        told(&ana.ask("POST", "/api/v1/me/tokens", ended).await),
        refused(400, "token_ended")
    );
    ana.told();
    let list = ana.ask("GET", "/api/v1/me/tokens", ()).await;
    assert!(!list.text().contains(&text));
    insta::assert_snapshot!(ana.told());
    let mut robot = server.visitor().with("authorization", &format!("Bearer {text}"));
    assert_eq!(robot.ask("GET", "/api/v1/documents", ()).await.status, 200);
    server.advance(120_000);
    assert_eq!(
        told(&robot.ask("GET", "/api/v1/documents", ()).await),
        refused(401, "unauthorized")
    );
    let other = ana.ask("POST", "/api/v1/me/tokens", json!({})).await;
    let (id, text) = (other.member("id"), other.member("token"));
    let mut robot = server.visitor().with("authorization", &format!("Bearer {text}"));
    assert_eq!(robot.ask("GET", "/api/v1/documents", ()).await.status, 200);
    registered(&server, "ben").await;
    let mut ben = signed_in(&server, "ben").await;
    let path = format!("/api/v1/me/tokens/{id}");
    assert_eq!(told(&ben.ask("DELETE", &path, ()).await), refused(404, "not_found"));
    for _ in 0..2 {
        assert_eq!(ana.ask("DELETE", &path, ()).await.status, 204);
    }
    assert_eq!(
        told(&robot.ask("GET", "/api/v1/documents", ()).await),
        refused(401, "unauthorized")
    );
}
