use serde_json::json;

use crate::harness::Server;

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
