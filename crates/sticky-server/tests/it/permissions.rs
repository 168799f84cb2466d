//! Sharing with people and groups, from the first to the last.

use serde_json::{Value, json};

use crate::accounts::{PASSWORD, open_server, registered, signed_in};
use crate::harness::Server;
use crate::visitor::Visitor;

async fn user(server: &Server, username: &str) -> (Visitor, String) {
    registered(server, username).await;
    let mut browser = signed_in(server, username).await;
    let me = browser.ask("GET", "/api/v1/me", ()).await.json();
    browser.told();
    (browser, me["principal"]["id"].as_str().unwrap().to_owned())
}

async fn note(owner: &mut Visitor) -> String {
    let made = owner.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await;
    owner.told();
    format!("/api/v1/documents/{}", made.member("id"))
}

#[tokio::test]
async fn a_note_is_shared_handed_over_and_left() {
    let server = open_server().await;
    let ((mut ana, of_ana), (mut ben, of_ben)) =
        (user(&server, "ana").await, user(&server, "ben").await);
    let cooks = ana.ask("POST", "/api/v1/groups", json!({"name": "Cooks"})).await.member("id");
    let path = note(&mut ana).await;
    let permissions = format!("{path}/permissions");
    ana.ask("PUT", &permissions, json!({"username": "ben", "level": "viewer"})).await;
    server.advance(1_000);
    ana.ask("PUT", &permissions, json!({"principal_id": of_ben, "level": "editor"})).await;
    ana.ask("PUT", &permissions, json!({"group_id": cooks, "level": "viewer"})).await;
    ana.ask("GET", &permissions, ()).await;
    ana.ask("POST", &format!("{path}/transfer"), json!({"username": "ben", "keep": "viewer"}))
        .await;
    ana.ask("GET", &permissions, ()).await;
    ben.ask("GET", &permissions, ()).await;
    ana.ask("DELETE", &format!("{permissions}/{of_ana}"), ()).await;
    ana.ask("GET", &path, ()).await;
    ben.ask("DELETE", &format!("{permissions}/{cooks}"), ()).await;
    insta::assert_snapshot!(ana.told() + &ben.told());
    for list in ["documents?in=project", "documents", "search?q=plan"] {
        let found = ana.ask("GET", &format!("/api/v1/{list}"), ()).await.json();
        assert_eq!(found["items"], json!([]), "it was in her own project: {list}");
    }
}

#[tokio::test]
async fn what_cannot_be_shared_is_said_by_code() {
    let server = open_server().await;
    let ((mut ana, of_ana), (_, of_ben)) = (user(&server, "ana").await, user(&server, "ben").await);
    let (mut gone, of_gone) = user(&server, "gone").await;
    gone.ask("DELETE", "/api/v1/me", json!({"password": PASSWORD})).await;
    let path = note(&mut ana).await;
    let (permissions, transfer) = (format!("{path}/permissions"), format!("{path}/transfer"));
    let own = format!("{permissions}/{of_ana}");
    let nobody = "0198c0de-0000-7000-8000-ffffffffffff";
    let viewer = |mut whom: Value| {
        whom["level"] = json!("viewer");
        whom
    };
    let table: [(&str, &str, Value, (u16, &str)); 14] = [
        ("PUT", &permissions, viewer(json!({"principal_id": of_ana})), (409, "last_owner")),
        ("DELETE", &own, Value::Null, (409, "last_owner")),
        ("PUT", &permissions, viewer(json!({"username": "gone"})), (409, "recipient_deleted")),
        ("PUT", &permissions, viewer(json!({"principal_id": of_gone})), (409, "recipient_deleted")),
        ("PUT", &permissions, viewer(json!({"username": "nobody"})), (404, "no_such_user")),
        ("PUT", &permissions, viewer(json!({"username": "?"})), (404, "no_such_user")),
        ("PUT", &permissions, viewer(json!({"principal_id": nobody})), (404, "no_such_user")),
        ("PUT", &permissions, viewer(json!({"group_id": nobody})), (404, "no_such_group")),
        ("PUT", &permissions, viewer(json!({})), (400, "invalid_request")),
        ("DELETE", &format!("{permissions}/{of_ben}"), Value::Null, (404, "no_such_permission")),
        ("POST", &transfer, json!({"username": "ana"}), (409, "recipient_is_caller")),
        ("POST", &transfer, json!({"username": "gone"}), (409, "recipient_deleted")),
        ("POST", &transfer, json!({"username": "nobody"}), (404, "no_such_user")),
        ("POST", &transfer, json!({"group_id": nobody}), (400, "invalid_request")),
    ];
    for (method, path, body, (status, code)) in table {
        let told = format!("{method} {path} {body}");
        let answer = match body {
            Value::Null => ana.ask(method, path, ()).await,
            body => ana.ask(method, path, body).await,
        };
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{told}");
    }
    let listed = ana.ask("GET", &permissions, ()).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "nothing has happened: {listed}");
}

/// Whoever owns a note by their role has nothing to give themselves.
#[tokio::test]
async fn a_manager_is_given_nothing_by_themselves() {
    let server = open_server().await;
    let ((mut ana, of_ana), (mut ben, _)) =
        (user(&server, "ana").await, user(&server, "ben").await);
    let team = ana.ask("POST", "/api/v1/projects", json!({"name": "Team"})).await.member("id");
    let team = format!("/api/v1/projects/{team}");
    ana.ask("PUT", &format!("{team}/members"), json!({"username": "ben", "role": "member"})).await;
    let made = ben.ask("POST", &format!("{team}/documents"), json!({})).await;
    let permissions = format!("/api/v1/documents/{}/permissions", made.member("id"));
    let own = json!({"principal_id": of_ana, "level": "viewer"});
    let refused = ana.ask("PUT", &permissions, own).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "recipient_is_caller"));
}
