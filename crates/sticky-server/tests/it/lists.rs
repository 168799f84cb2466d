use serde_json::json;

use crate::accounts::{open_server, registered, signed_in};
use crate::harness::Server;
use crate::visitor::Visitor;

#[tokio::test]
async fn lists_are_kept_apart_sorted_and_filtered() {
    let server = Server::production().await;
    let mut ana = server.service("ana").await;
    for title in ["banana", "Apple", "cherry"] {
        server.advance(1_000);
        ana.ask("POST", "/api/v1/documents", json!({ "title": title })).await;
    }
    let mut titles = async |query: &str| {
        let page = ana.ask("GET", &format!("/api/v1/documents?{query}"), ()).await.json();
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["cherry", "Apple", "banana"]);
    assert_eq!(titles("sort=title").await, ["Apple", "banana", "cherry"]);
    assert_eq!(titles("sort=title&order=desc&in=owned").await, ["cherry", "banana", "Apple"]);
    assert_eq!(titles("sort=created_at&order=asc").await, ["banana", "Apple", "cherry"]);
    assert_eq!(titles("in=shared").await, Vec::<String>::new());
    assert_eq!(titles("in=trash").await, Vec::<String>::new());
    assert_eq!(titles("modified_since=2026-11-20T07:15:03Z").await, ["cherry"]);
    assert_eq!(titles("label=nowhere").await, Vec::<String>::new());
    let first = ana.ask("GET", "/api/v1/documents?sort=title&page_size=2", ()).await;
    let next = format!("page_size=2&cursor={}", first.member("next_cursor"));
    let mut code = async |query: &str| {
        ana.ask("GET", &format!("/api/v1/documents?{query}"), ()).await.status.as_u16()
    };
    assert_eq!(code(&format!("sort=title&{next}")).await, 200);
    assert_eq!(code(&next).await, 400, "it is a cursor of another order");
    for refused in ["sort=size", "order=up", "in=mine", "created_by=x", "modified_since=monday"] {
        assert_eq!(code(refused).await, 400, "{refused}");
    }
}

#[tokio::test]
async fn what_a_group_is_given_is_in_the_lists_of_whoever_is_in_it() {
    let server = open_server().await;
    let mut ana = user(&server, "ana").await;
    let mut ben = user(&server, "ben").await;
    let note = ana.ask("POST", "/api/v1/documents", json!({"title": "Menu"})).await.member("id");
    let group = ana.ask("POST", "/api/v1/groups", json!({"name": "Cooks"})).await.member("id");
    let members = format!("/api/v1/groups/{group}/members");
    let given = json!({"group_id": group, "level": "viewer"});
    ana.ask("PUT", &format!("/api/v1/documents/{note}/permissions"), given).await;
    assert_eq!(total(&mut ben, "in=shared").await, 0);
    let joined = ana.ask("PUT", &members, json!({"username": "ben", "role": "member"})).await;
    assert_eq!(joined.status, 200, "{}", joined.text());
    assert_eq!(total(&mut ben, "in=shared").await, 1);
    assert_eq!(total(&mut ben, "in=owned").await, 0);
    assert_eq!(total(&mut ana, "in=shared").await, 0, "it is her own");
    let found = ben.ask("GET", "/api/v1/search?q=menu", ()).await.json();
    assert_eq!(found["items"][0]["id"], note);
    let who = &joined.json()["recipient"]["id"];
    let left = ana.ask("DELETE", &format!("{members}/{}", who.as_str().unwrap()), ()).await;
    assert_eq!(left.status, 204);
    assert_eq!(total(&mut ben, "in=shared").await, 0);
}

#[tokio::test]
async fn a_project_is_listed_for_whoever_may_read_all_of_it() {
    let server = open_server().await;
    let mut ana = user(&server, "ana").await;
    let mut ben = user(&server, "ben").await;
    let team = ana.ask("POST", "/api/v1/projects", json!({"name": "Team"})).await.member("id");
    let notes = format!("/api/v1/projects/{team}/documents");
    ana.ask("POST", &notes, json!({"title": "Plan"})).await;
    let listed = format!("{notes}?in=project");
    assert_eq!(ben.ask("GET", &listed, ()).await.status, 403);
    let members = format!("/api/v1/projects/{team}/members");
    for (role, status) in [("guest", 403), ("viewer", 200)] {
        ana.ask("PUT", &members, json!({"username": "ben", "role": role})).await;
        assert_eq!(ben.ask("GET", &listed, ()).await.status, status, "{role}");
    }
    assert_eq!(ben.ask("GET", &listed, ()).await.json()["total"], 1);
    assert_eq!(total(&mut ben, "in=project").await, 0, "their own project is another");
    assert_eq!(total(&mut ben, "").await, 0, "nobody gave it to them");
    let found = ben.ask("GET", "/api/v1/search?q=plan", ()).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

async fn user(server: &Server, username: &str) -> Visitor {
    registered(server, username).await;
    signed_in(server, username).await
}

async fn total(visitor: &mut Visitor, query: &str) -> u64 {
    let page = visitor.ask("GET", &format!("/api/v1/documents?{query}"), ()).await;
    page.json()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn whoever_has_a_note_from_someone_is_told_from_whom() {
    let server = Server::production().await;
    let (mut ana, mut ben) = (server.service("ana").await, server.service("ben").await);
    let of_ben = ben.ask("GET", "/api/v1/me", ()).await.json()["principal"]["id"].clone();
    let id = ana.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let permissions = format!("/api/v1/documents/{id}/permissions");
    let given = json!({ "principal_id": of_ben, "level": "viewer" });
    ana.ask("PUT", &permissions, given).await;
    let theirs = ben.ask("GET", "/api/v1/documents?in=shared", ()).await.json()["items"][0].clone();
    let names = [&theirs["created_by"]["name"], &theirs["shared_by"]["name"]];
    assert_eq!(names, [&json!("ana"), &json!("ana")]);
    let own = ana.ask("GET", "/api/v1/documents", ()).await.json()["items"][0].clone();
    assert_eq!((&own["created_by"]["name"], &own["shared_by"]), (&json!("ana"), &json!(null)));
}

#[tokio::test]
async fn a_page_that_is_kept_is_never_an_old_one() {
    let server = Server::production().await;
    let mut ana = server.service("ana").await;
    let id = ana.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let content = format!("/api/v1/documents/{id}/content");
    for text in ["# One", "# Two"] {
        ana.ask("GET", "/api/v1/documents", ()).await;
        server.advance(1_000);
        ana.ask("PUT", &content, ("text/markdown", text)).await;
        let page = ana.ask("GET", "/api/v1/documents", ()).await.json();
        let note = ana.ask("GET", &format!("/api/v1/documents/{id}"), ()).await.json();
        assert_eq!(page["items"][0]["title"], note["title"]);
        assert_eq!(note["title"], text[2..]);
    }
    ana.ask("DELETE", &format!("/api/v1/documents/{id}"), ()).await;
    assert_eq!(ana.ask("GET", "/api/v1/documents", ()).await.json()["total"], 0);
}

#[tokio::test]
async fn notes_are_found_by_title_and_text() {
    let server = Server::listening(true).await;
    let mut someone = server.visitor();
    let note = someone.ask("POST", "/api/v1/documents", json!({"title": "Document"})).await;
    let content = format!("/api/v1/documents/{}/content", note.member("id"));
    someone.ask("PUT", &content, ("text/markdown", "buy milk <b>")).await;
    let mut found =
        async |query: &str| someone.ask("GET", &format!("/api/v1/search?{query}"), ()).await.json();
    assert_eq!(found("q=documnt").await["items"][0]["found_in"], "near_title");
    let mut milk = found("q=mil").await;
    for _ in 0..100 {
        if milk["items"][0].is_object() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        milk = found("q=mil").await;
    }
    let pieces = json!([
        {"text": "buy ", "hit": false}, {"text": "milk", "hit": true}, {"text": " <b>", "hit": false}
    ]);
    assert_eq!(
        (&milk["items"][0]["found_in"], &milk["items"][0]["snippet"]),
        (&json!("text"), &pieces)
    );
    assert_eq!(found(&format!("q={}", "a".repeat(257))).await["code"], "query_too_long");
    assert_eq!(found("q=%22%27").await["code"], "query_empty");
    assert_eq!(found("q=a&limit=51").await["code"], "invalid_request");
    server.stop().await;
}

#[tokio::test]
async fn whom_a_note_is_shared_with_is_found_by_its_owners_alone() {
    let server = open_server().await;
    let mut ana = user(&server, "ana").await;
    let mut ben = user(&server, "ben").await;
    registered(&server, "cem").await;
    let team = ana.ask("POST", "/api/v1/projects", json!({"name": "Team"})).await.member("id");
    let made = ana.ask("POST", &format!("/api/v1/projects/{team}/documents"), json!({})).await;
    let path = format!("/api/v1/documents/{}", made.member("id"));
    let mut cem = String::new();
    for username in ["ben", "cem"] {
        let given = json!({"username": username, "level": "viewer"});
        let given = ana.ask("PUT", &format!("{path}/permissions"), given).await.json();
        given["recipient"]["id"].as_str().unwrap().clone_into(&mut cem);
    }
    let link = json!({"level": "viewer", "label": "secret"});
    ana.ask("POST", &format!("{path}/links"), link).await;
    let with_cem = format!("shared_with={cem}");
    for filter in ["label=secret", &with_cem] {
        assert_eq!(total(&mut ana, filter).await, 1, "{filter}");
        assert_eq!(total(&mut ben, filter).await, 0, "{filter}");
    }
    let members = format!("/api/v1/projects/{team}/members");
    for (role, expected) in [("member", 0), ("admin", 1)] {
        ana.ask("PUT", &members, json!({"username": "ben", "role": role})).await;
        for filter in ["label=secret", &with_cem] {
            let listed = format!("/api/v1/projects/{team}/documents?in=project&{filter}");
            let page = ben.ask("GET", &listed, ()).await.json();
            assert_eq!(page["total"], expected, "{role} {filter}");
        }
    }
}
