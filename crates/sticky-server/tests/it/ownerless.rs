//! Notes outlive their owners, and find new ones.

use serde_json::{Value, json};

use crate::accounts::{PASSWORD, open_server, registered, signed_in};
use crate::harness::Server;
use crate::visitor::Visitor;

async fn user(server: &Server, username: &str) -> Visitor {
    registered(server, username).await;
    signed_in(server, username).await
}

async fn leave(visitor: &mut Visitor) {
    let left = visitor.ask("DELETE", "/api/v1/me", json!({ "password": PASSWORD })).await;
    assert_eq!(left.status, 204, "{}", left.text());
}

async fn share(owner: &mut Visitor, path: &str, username: &str, level: &str) -> String {
    let body = json!({ "username": username, "level": level });
    let given = owner.ask("PUT", &format!("{path}/permissions"), body).await;
    assert_eq!(given.status, 201, "{}", given.text());
    given.json()["recipient"]["id"].as_str().unwrap().to_owned()
}

async fn titles(visitor: &mut Visitor, path: &str) -> Vec<Value> {
    let page = visitor.ask("GET", path, ()).await.json();
    page["items"].as_array().unwrap().iter().map(|item| item["title"].clone()).collect()
}

#[tokio::test]
async fn a_note_whose_owners_have_left_is_handed_over() {
    let server = open_server().await;
    let (mut ana, mut ben) = (user(&server, "ana").await, user(&server, "ben").await);
    registered(&server, "cem").await;
    let made = ben.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await;
    let path = format!("/api/v1/documents/{}", made.member("id"));
    let of_ana = share(&mut ben, &path, "ana", "owner").await;
    let of_ben = ben.ask("GET", "/api/v1/me", ()).await.json()["principal"]["id"].clone();
    leave(&mut ben).await;
    let listed = ana.ask("GET", &format!("{path}/permissions"), ()).await.json();
    let people = listed["items"].as_array().unwrap().iter().map(|item| &item["recipient"]);
    let gone: Vec<_> = people.filter(|person| person["deleted"] == true).collect();
    assert_eq!((gone.len(), &gone[0]["id"]), (1, &of_ben), "{listed}");
    let own = format!("{path}/permissions/{of_ana}");
    let stays = ana.ask("DELETE", &own, ()).await;
    assert_eq!((stays.status.as_u16(), stays.code().as_str()), (409, "last_owner"));
    let back = json!({ "principal_id": of_ben, "level": "viewer" });
    let back = ana.ask("PUT", &format!("{path}/permissions"), back).await;
    assert_eq!((back.status.as_u16(), back.code().as_str()), (409, "recipient_deleted"));
    share(&mut ana, &path, "cem", "editor").await;
    server.administrator("root").await;
    let mut root = signed_in(&server, "root").await;
    let owner = format!("/api/v1/admin/ownerless/{}/owner", made.member("id"));
    let to_cem = json!({ "username": "cem" });
    let kept = root.ask("POST", &owner, to_cem.clone()).await;
    assert_eq!((kept.status.as_u16(), kept.code().as_str()), (409, "has_owner"));
    leave(&mut ana).await;
    root.told();
    root.ask("GET", "/api/v1/admin/ownerless", ()).await;
    root.ask("POST", &owner, json!({ "username": "ben" })).await;
    root.ask("POST", &owner, to_cem.clone()).await;
    root.ask("POST", &owner, to_cem).await;
    root.ask("GET", "/api/v1/admin/ownerless", ()).await;
    insta::assert_snapshot!(root.told());
    let mut cem = signed_in(&server, "cem").await;
    assert_eq!(cem.ask("DELETE", &path, ()).await.status, 204, "an owner");
}

#[tokio::test]
async fn whoever_manages_a_project_hands_its_notes_over() {
    let server = open_server().await;
    let (mut ana, mut ben) = (user(&server, "ana").await, user(&server, "ben").await);
    registered(&server, "cem").await;
    let team = ana.ask("POST", "/api/v1/projects", json!({"name": "Team"})).await.member("id");
    let path = format!("/api/v1/projects/{team}");
    let member = json!({"username": "ben", "role": "member"});
    ana.ask("PUT", &format!("{path}/members"), member).await;
    let mut notes = Vec::new();
    for title in ["Plan", "Menu"] {
        let made = ben.ask("POST", &format!("{path}/documents"), json!({ "title": title })).await;
        notes.push(format!("/api/v1/documents/{}", made.member("id")));
    }
    let ownerless = format!("{path}/ownerless");
    assert_eq!(ben.ask("GET", &ownerless, ()).await.status, 403);
    assert!(titles(&mut ana, &ownerless).await.is_empty());
    leave(&mut ben).await;
    let first = ana.ask("GET", &format!("{ownerless}?page_size=1"), ()).await;
    let next = format!("{ownerless}?page_size=1&cursor={}", first.member("next_cursor"));
    assert_eq!(first.json()["items"][0]["title"], "Plan");
    assert_eq!(titles(&mut ana, &next).await, ["Menu"]);
    let to_cem = json!({ "username": "cem" });
    let given = ana.ask("POST", &format!("{}/transfer", notes[0]), to_cem).await;
    assert_eq!(given.status, 204, "{}", given.text());
    assert_eq!(titles(&mut ana, &ownerless).await, ["Menu"]);
}
