//! What whoever runs the server sees.

use std::time::Duration;

use serde_json::{Value, json};
use sticky_domain::usecase::Refusal;

use crate::accounts::{credentials, signed_in};
use crate::harness::Server;
use crate::visitor::Visitor;

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
async fn administrators_come_and_go_and_one_stays() {
    let server = Server::production().await;
    server.administrator("root").await;
    let mut root = signed_in(&server, "root").await;
    let made = root.ask("POST", "/api/v1/users", credentials("ana", "correct horse")).await;
    let path = |id: &str| format!("/api/v1/admin/users/{id}");
    let (ana_is, mut ana) = (path(&made.member("id")), signed_in(&server, "ana").await);
    let token = ana.ask("POST", "/api/v1/me/tokens", json!({"scope": "admin"})).await;
    let mut robot =
        server.visitor().with("authorization", &format!("Bearer {}", token.member("token")));
    let own = format!("/api/v1/users/{}", made.member("id"));
    let me = root.ask("GET", "/api/v1/me", ()).await.json();
    let root_is = path(me["principal"]["id"].as_str().unwrap());
    for status in [403, 200, 403] {
        for visitor in [&mut ana, &mut robot] {
            assert_eq!(visitor.ask("GET", EVENTS, ()).await.status, status);
        }
        let change = json!({"admin": status == 403});
        let changed = root.ask("PATCH", &ana_is, change.clone()).await;
        assert_eq!(changed.json()["admin"], change["admin"], "{}", changed.text());
    }
    let last = root.ask("PATCH", &root_is, json!({"admin": false})).await;
    assert_eq!(last.status, 200, "ana is left: {}", last.text());
    for (method, path, body) in [
        ("PATCH", ana_is.as_str(), json!({"admin": false})),
        ("DELETE", own.as_str(), json!({})),
        ("DELETE", "/api/v1/me", json!({"password": "correct horse"})),
    ] {
        let last = ana.ask(method, path, body).await;
        assert_eq!((last.status.as_u16(), last.code().as_str()), (409, "last_admin"), "{path}");
    }
    let told = ana.ask("GET", EVENTS, ()).await.json();
    assert_eq!(types(&told)[..3], ["AdminDismissed", "AdminAppointed", "AdminDismissed"]);
}

/// Each dismisses the other at the same moment.
#[tokio::test]
async fn two_administrators_cannot_dismiss_each_other() {
    let server = Server::production().await;
    let accounts = &server.app.accounts;
    let mut rows = Vec::new();
    for username in ["ana", "ben"] {
        server.administrator(username).await;
        rows.push(accounts.named(username).await.unwrap().unwrap().id);
    }
    let (ana, ben) = (accounts.operator(rows[0]).await, accounts.operator(rows[1]).await);
    let (ana, ben) = (ana.unwrap(), ben.unwrap());
    let dismissed = accounts.set_admin(rows[1], false, &ana).await;
    assert!(!dismissed.unwrap().admin);
    let late = accounts.set_admin(rows[0], false, &ben).await;
    assert_eq!(late, Err(Refusal::Lapsed), "ben was one when he asked");
    let late = accounts.delete(rows[0], &ben).await;
    assert_eq!(late, Err(Refusal::Lapsed));
    assert!(accounts.get(rows[0]).await.unwrap().admin);
}

#[tokio::test]
async fn all_users_are_listed_page_by_page() {
    let server = Server::production().await;
    for username in ["root", "ben", "ana"] {
        server.administrator(username).await;
    }
    let mut root = signed_in(&server, "root").await;
    let first = root.ask("GET", "/api/v1/admin/users?page_size=2", ()).await;
    let names = |answer: &Value| {
        let items = answer["items"].as_array().unwrap().iter();
        items.map(|item| item["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first.json()), ["ana", "ben"]);
    let next = first.headers["link"].to_str().unwrap();
    let next = next.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
    let last = root.ask("GET", &next, ()).await.json();
    assert_eq!((names(&last), &last["next_cursor"]), (vec!["root".to_owned()], &Value::Null));
    for query in ["page_size=0", "page_size=1001", "cursor=%00", "cursor=x"] {
        let refused = root.ask("GET", &format!("/api/v1/admin/users?{query}"), ()).await;
        assert_eq!(refused.status, 400, "{query}");
    }
    let ana = first.json()["items"][0]["id"].as_str().unwrap().to_owned();
    root.ask("DELETE", &format!("/api/v1/users/{ana}"), ()).await;
    let after = root.ask("GET", "/api/v1/admin/users", ()).await.json();
    assert!(after["items"][0]["deleted_at"].is_string(), "{after}");
    let path = format!("/api/v1/admin/users/{ana}/password");
    let gone = root.ask("POST", &path, json!({"new": "battery staple"})).await;
    assert_eq!((gone.status.as_u16(), gone.code().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn a_password_that_is_set_ends_the_logins_before_it() {
    let server = Server::production().await;
    server.administrator("root").await;
    server.administrator("ana").await;
    let (mut root, mut ana) = (signed_in(&server, "root").await, signed_in(&server, "ana").await);
    let id = ana.ask("GET", "/api/v1/me", ()).await.json()["principal"]["id"].clone();
    let path = format!("/api/v1/admin/users/{}/password", id.as_str().unwrap());
    let weak = root.ask("POST", &path, json!({"new": "short"})).await;
    assert_eq!((weak.status.as_u16(), weak.code().as_str()), (400, "password_invalid"));
    assert_eq!(root.ask("POST", &path, json!({"new": "battery staple"})).await.status, 204);
    assert_eq!(ana.ask("GET", "/api/v1/documents", ()).await.status, 401);
    let again = credentials("ana", "battery staple");
    assert_eq!(server.visitor().ask("POST", "/api/v1/login", again).await.status, 200);
}

#[tokio::test]
async fn a_read_model_is_rebuilt_beside_the_live_one() {
    let server = Server::local().await;
    let mut admin = server.visitor();
    admin.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await;
    let path = "/api/v1/admin/projections";
    let generation = async |admin: &mut Visitor| {
        let all = admin.ask("GET", path, ()).await.json();
        let items = all["items"].as_array().unwrap().clone();
        let live = items.iter().find(|item| item["name"] == "notes" && item["live"] == true);
        live.map(|live| live["generation"].as_u64().unwrap())
    };
    assert_eq!(generation(&mut admin).await, Some(1));
    let begun = admin.ask("POST", &format!("{path}/notes/rebuild"), json!({})).await;
    assert_eq!((begun.status.as_u16(), &begun.headers["location"]), (202, &path.parse().unwrap()));
    let unknown = admin.ask("POST", &format!("{path}/nots/rebuild"), json!({})).await;
    assert_eq!((unknown.status.as_u16(), unknown.code().as_str()), (404, "not_found"));
    for _ in 0..200 {
        if generation(&mut admin).await == Some(2) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is not rebuilt");
}

#[tokio::test]
async fn nobody_else_is_told() {
    let server = Server::production().await;
    for path in [EVENTS, "/api/v1/admin/stats", "/api/v1/admin/documents"] {
        assert_eq!(server.visitor().ask("GET", path, ()).await.code(), "unauthorized");
        assert_eq!(server.service("ana").await.ask("GET", path, ()).await.code(), "forbidden");
    }
}
