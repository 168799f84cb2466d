use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_note_from_its_making_to_the_trash() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let created = someone.ask("POST", "/api/v1/documents", json!({"title": "  Plan  "})).await;
    let path = format!("/api/v1/documents/{}", created.member("id"));
    assert_eq!(created.headers["location"], path.as_str());
    someone.ask("GET", &path, ()).await;
    server.advance(1_000);
    someone.ask("PATCH", &path, json!({"title": "Plan B"})).await;
    someone.ask("PATCH", &path, json!({})).await;
    someone.ask("DELETE", &path, ()).await;
    someone.ask("DELETE", &path, ()).await;
    someone.ask("GET", &path, ()).await;
    someone.ask("PATCH", &path, json!({"title": "Plan C"})).await;
    someone.ask("PATCH", &path, json!({"title": "Plan C", "deleted": false})).await;
    someone.ask("PATCH", &path, json!({"title": " "})).await;
    someone.ask("PATCH", &path, json!({"deleted": true})).await;
    insta::assert_snapshot!(someone.told());
}

#[tokio::test]
async fn lists_are_paged_by_number_or_by_cursor() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    for title in ["one", "two", "three"] {
        server.advance(1_000);
        someone.ask("POST", "/api/v1/documents", json!({ "title": title })).await;
    }
    someone.told();
    let list = "/api/v1/documents?query=&include_deleted=&page=&page_size=";
    assert_eq!(someone.ask("GET", list, ()).await.json()["items"].as_array().unwrap().len(), 3);
    let first = someone.ask("GET", "/api/v1/documents?page=1&page_size=2", ()).await;
    let next = format!("/api/v1/documents?page_size=2&cursor={}", first.member("next_cursor"));
    let second = someone.ask("GET", &next, ()).await;
    assert_eq!(second.json()["items"][0]["title"], "one");
    assert_eq!(
        someone.ask("GET", "/api/v1/documents?page=2&page_size=2", ()).await.json()["items"],
        second.json()["items"]
    );
    someone.ask("GET", "/api/v1/documents?query=TW", ()).await;
    insta::assert_snapshot!(someone.told());
}

#[tokio::test]
async fn the_trash_is_listed_when_asked_for() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let id = someone.ask("POST", "/api/v1/documents", json!({"title": "gone"})).await.member("id");
    someone.ask("DELETE", &format!("/api/v1/documents/{id}"), ()).await;
    let mut total = async |query: &str| {
        someone.ask("GET", &format!("/api/v1/documents?{query}"), ()).await.json()["total"].clone()
    };
    assert_eq!(total("").await, 0);
    assert_eq!(total("include_deleted=false").await, 0);
    assert_eq!(total("include_deleted=true").await, 1);
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let server = Server::local().await;
    let mut someone = server.visitor();
    let table = [
        ("page=0", "invalid_request"),
        ("page=-1", "invalid_request"),
        ("page=x", "invalid_request"),
        ("page_size=0", "invalid_request"),
        ("page_size=101", "invalid_request"),
        ("page=101&page_size=100", "use_cursor"),
        ("page=4294967295&page_size=100", "use_cursor"),
        ("cursor=zzz", "invalid_request"),
        ("cursor=AAAA&page=1", "invalid_request"),
        ("include_deleted=maybe", "invalid_request"),
        ("page=1&page=2", "invalid_request"),
    ];
    for (query, code) in table {
        let answer = someone.ask("GET", &format!("/api/v1/documents?{query}"), ()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, code), "{query}");
    }
    assert_eq!(
        someone.ask("GET", "/api/v1/documents?page=100&page_size=100", ()).await.status,
        200
    );
}

#[tokio::test]
async fn what_is_missing_and_what_is_forbidden_look_the_same() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let mut other = server.service("other").await;
    let id = owner.ask("POST", "/api/v1/documents", json!({"title": "Mine"})).await.member("id");
    let missing = "0198c0de-0000-7000-8000-ffffffffffff";
    let body = || json!({"level": "viewer"});
    let calls = [
        ("GET", "", json!({})),
        ("PATCH", "", json!({"title": "x"})),
        ("DELETE", "", json!({})),
        ("POST", "/session", json!({})),
        ("GET", "/content", json!({})),
        ("PATCH", "/content", json!({"op": "append", "text": "x"})),
        ("POST", "/links", body()),
        ("GET", "/links", json!({})),
        ("DELETE", "/links/0198c0de-0000-7000-8000-fffffffffffe", json!({})),
    ];
    for (method, rest, body) in calls {
        let at = |id: &str| format!("/api/v1/documents/{id}{rest}");
        let forbidden = other.ask(method, &at(&id), body.clone()).await;
        let absent = other.ask(method, &at(missing), body).await;
        assert_eq!(forbidden.code(), "not_found", "{method} {rest}");
        assert_eq!((forbidden.status, &forbidden.body), (absent.status, &absent.body));
    }
    assert_eq!(other.ask("GET", "/api/v1/documents", ()).await.json()["total"], 0);
    assert_eq!(owner.ask("GET", "/api/v1/documents", ()).await.json()["total"], 1);
}
