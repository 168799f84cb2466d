//! What whoever runs the server sees.

use serde_json::{Value, json};

use crate::harness::Server;

const EVENTS: &str = "/api/v1/admin/events";

fn types(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_was_done_is_told_with_who_did_it() {
    let server = Server::local().await;
    let mut admin = server.visitor();
    let mut ana = server.service("Ana").await;
    let note = ana.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await.member("id");
    let path = format!("/api/v1/documents/{note}");
    let link = ana.ask("POST", &format!("{path}/links"), json!({"level": "viewer"})).await;
    ana.ask("PATCH", &path, json!({"title": "Plan B"})).await;
    let link_id = link.member("id");
    let url = link.member("url");
    server.visitor().in_browser().ask("POST", &url[url.find("/s/").unwrap()..], json!({})).await;

    let of_note = admin.ask("GET", &format!("{EVENTS}?document={note}"), ()).await.json();
    assert_eq!(
        types(&of_note),
        ["DocumentRenamed", "LinkCreated", "PermissionGranted", "DocumentCreated"]
    );
    let renamed = &of_note["items"][0];
    assert_eq!((&renamed["principal"]["name"], &renamed["via"]), (&json!("Ana"), &json!("token")));
    assert_eq!(
        (&renamed["data"]["title"], &renamed["subject"]["kind"]),
        (&json!("Plan B"), &json!("document"))
    );
    let by_link = admin.ask("GET", &format!("{EVENTS}?link={link_id}"), ()).await.json();
    assert_eq!(types(&by_link), ["LinkRedeemed", "GuestAdmitted", "LinkCreated"]);
    let ana_id = renamed["principal"]["id"].as_str().unwrap();
    let page = admin.ask("GET", &format!("{EVENTS}?principal={ana_id}&page_size=2"), ()).await;
    let next = page.headers["link"].to_str().unwrap();
    let next = next.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
    assert_eq!(types(&page.json()), ["DocumentRenamed", "LinkCreated"]);
    let rest = admin.ask("GET", &next, ()).await.json();
    assert_eq!(types(&rest)[..2], ["PermissionGranted", "DocumentCreated"]);
    let all = admin.ask("GET", EVENTS, ()).await;
    assert!(!all.text().contains("sha256"), "hashes of secrets are nobody's business");
    let future = format!("{EVENTS}?since=2100-01-01T00:00:00Z");
    assert_eq!(types(&admin.ask("GET", &future, ()).await.json()), Vec::<&str>::new());
}

#[tokio::test]
async fn everything_is_counted() {
    let server = Server::local().await;
    let mut admin = server.visitor();
    admin.ask("POST", "/api/v1/documents", json!({})).await;
    let stats = admin.ask("GET", "/api/v1/admin/stats", ()).await.json();
    assert_eq!(
        (&stats["documents"], &stats["updates"], &stats["sockets"]),
        (&json!(1), &json!(0), &json!(0))
    );
    let notes = admin.ask("GET", "/api/v1/admin/documents", ()).await.json();
    assert_eq!(notes["total"], 1);
}

#[tokio::test]
async fn nobody_else_is_told() {
    let server = Server::production().await;
    for path in [EVENTS, "/api/v1/admin/stats", "/api/v1/admin/documents"] {
        assert_eq!(server.visitor().ask("GET", path, ()).await.code(), "unauthorized");
        assert_eq!(server.service("ana").await.ask("GET", path, ()).await.code(), "forbidden");
    }
}
