//! A guest becomes a user and keeps what they did.

use serde_json::{Value, json};

use crate::accounts::{open_server, registered, signed_in};
use crate::harness::Server;
use crate::visitor::Visitor;

const PASSWORD: &str = "correct horse";

async fn sign_in(browser: &mut Visitor, username: &str) {
    let body = json!({ "username": username, "password": PASSWORD });
    assert_eq!(browser.ask("POST", "/api/v1/login/browser", body).await.status, 200);
}

/// A browser that has made a note and has edited another by a link: the two notes.
async fn guest(server: &Server) -> (Visitor, String, String) {
    let mut owner = server.service("owner").await;
    let shared =
        owner.ask("POST", "/api/v1/documents", json!({ "title": "Shared" })).await.member("id");
    let links = format!("/api/v1/documents/{shared}/links");
    let url = owner.ask("POST", &links, json!({ "level": "editor" })).await.member("url");
    let mut browser = server.visitor().in_browser();
    browser.ask("POST", "/api/v1/browser-session", json!({})).await;
    let own =
        browser.ask("POST", "/api/v1/documents", json!({ "title": "Own" })).await.member("id");
    browser.ask("POST", &url[url.find("/s/").unwrap()..], json!({})).await;
    let edit = json!({ "op": "append", "text": "by the guest" });
    let edited = browser.ask("PATCH", &format!("/api/v1/documents/{shared}/content"), edit).await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    (browser, own, shared)
}

async fn guests(browser: &mut Visitor) -> Vec<Value> {
    let answer = browser.ask("GET", "/api/v1/me/guests", ()).await;
    answer.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_guest_becomes_a_user_with_notes_rights_and_edits() {
    let server = open_server().await;
    let (mut browser, own, shared) = guest(&server).await;
    registered(&server, "ana").await;
    sign_in(&mut browser, "ana").await;
    let found = guests(&mut browser).await;
    let titles: Vec<_> = found.iter().map(|guest| guest["title"].clone()).collect();
    assert_eq!(titles, [Value::Null, json!("Shared")]);
    for guest in &found {
        let path = format!("/api/v1/me/guests/{}/promote", guest["id"].as_str().unwrap());
        assert_eq!(browser.ask("POST", &path, json!({})).await.status, 204);
        let again = browser.ask("POST", &path, json!({})).await;
        assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "already_promoted"));
    }
    assert!(guests(&mut browser).await.is_empty());
    assert_eq!(browser.ask("GET", "/api/v1/me", ()).await.json()["promotable"], false);
    let history = browser.ask("GET", &format!("/api/v1/documents/{shared}/timeline"), ()).await;
    assert!(history.text().contains("\"ana\""), "{}", history.text());
    browser.ask("PATCH", "/api/v1/me", json!({ "name": "Ana Bauer" })).await;
    let history = browser.ask("GET", &format!("/api/v1/documents/{shared}/timeline"), ()).await;
    assert!(history.text().contains("Ana Bauer"), "{}", history.text());
    let mut elsewhere = signed_in(&server, "ana").await;
    let kept = elsewhere.ask("GET", &format!("/api/v1/documents/{own}"), ()).await;
    assert_eq!(kept.status, 200, "{}", kept.text());
    let rename = elsewhere
        .ask("PATCH", &format!("/api/v1/documents/{own}"), json!({ "deleted": true }))
        .await;
    assert_eq!(rename.status, 200, "still an owner: {}", rename.text());
    assert_eq!(
        shared_titles(&mut elsewhere).await,
        ["Shared"],
        "what the link gave is theirs, too"
    );
    let path = format!("/api/v1/documents/{shared}");
    let edit = json!({ "op": "append", "text": "by the user" });
    let edited = elsewhere.ask("PATCH", &format!("{path}/content"), edit).await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    let mut owner = server.service("owner").await;
    let links = owner.ask("GET", &format!("{path}/links"), ()).await.json();
    let link = &links["items"][0];
    assert_eq!(
        (&link["uses"], &link["openings"], &link["edits"]),
        (&json!(1), &json!(1), &json!(2))
    );
    let link = format!("{path}/links/{}", link["id"].as_str().unwrap());
    let guests = owner.ask("GET", &format!("{link}/guests"), ()).await.json();
    assert_eq!(guests["items"].as_array().unwrap().len(), 1, "{guests}");
    assert_eq!(guests["items"][0]["person"]["name"], "Ana Bauer");
    assert_eq!(guests["items"][0]["edits"], 2);
    owner.ask("DELETE", &link, ()).await;
    assert_eq!(elsewhere.ask("GET", &path, ()).await.status, 404, "it ends with the link");
    assert!(shared_titles(&mut elsewhere).await.is_empty());
}

async fn shared_titles(visitor: &mut Visitor) -> Vec<Value> {
    let shared = visitor.ask("GET", "/api/v1/documents?in=shared", ()).await.json();
    shared["items"].as_array().unwrap().iter().map(|item| item["title"].clone()).collect()
}

/// A note, the path of a link for whom it is shared with, and a browser that has asked for it as a guest.
async fn asking(server: &Server, owner: &mut Visitor) -> (String, String, Visitor) {
    let note = owner.ask("POST", "/api/v1/documents", json!({ "title": "Plan" })).await;
    let note = format!("/api/v1/documents/{}", note.member("id"));
    let terms = json!({ "level": "viewer", "audience": "shared" });
    let url = owner.ask("POST", &format!("{note}/links"), terms).await.member("url");
    let link = url[url.find("/s/").unwrap()..].to_owned();
    let mut browser = server.visitor().in_browser();
    assert_eq!(browser.ask("POST", &format!("{link}/ask"), json!({})).await.status, 204);
    (note, link, browser)
}

/// Promotes the one guest that the browser is; its id.
async fn promoted(browser: &mut Visitor) -> String {
    let guest = guests(browser).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/me/guests/{guest}/promote");
    assert_eq!(browser.ask("POST", &path, json!({})).await.status, 204);
    guest
}

#[tokio::test]
async fn what_a_guest_asked_for_is_given_to_the_user() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let mut owner = server.service("owner").await;
    for answers_the_guest in [false, true] {
        let (note, link, mut browser) = asking(&server, &mut owner).await;
        sign_in(&mut browser, "ana").await;
        let guest = promoted(&mut browser).await;
        let waiting = browser.ask("POST", &link, json!({})).await;
        assert_eq!((waiting.status.as_u16(), waiting.code().as_str()), (403, "access_asked"));
        let requests = owner.ask("GET", &format!("{note}/requests"), ()).await.json();
        let (id, person) = (&requests["items"][0]["id"], &requests["items"][0]["person"]);
        assert_eq!((&person["kind"], &person["name"]), (&json!("user"), &json!("ana")));
        assert_eq!(requests["items"].as_array().unwrap().len(), 1);
        let answered = if answers_the_guest { &guest } else { id.as_str().unwrap() };
        let yes = json!({ "level": "editor" });
        let answer = owner.ask("POST", &format!("{note}/requests/{answered}"), yes).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        assert_eq!(browser.ask("POST", &link, json!({})).await.status, 200);
        let mut elsewhere = signed_in(&server, "ana").await;
        let edit = json!({ "op": "append", "text": "mine" });
        let edited = elsewhere.ask("PATCH", &format!("{note}/content"), edit).await;
        assert_eq!(edited.status, 200, "whoever the browser is: {}", edited.text());
        let shared = elsewhere.ask("GET", "/api/v1/documents?in=shared", ()).await.json();
        let path = |note: &Value| format!("/api/v1/documents/{}", note["id"].as_str().unwrap());
        assert!(shared["items"].as_array().unwrap().iter().any(|listed| path(listed) == note));
        let permissions = owner.ask("GET", &format!("{note}/permissions"), ()).await;
        assert!(!permissions.text().contains(&guest), "{}", permissions.text());
    }
}

#[tokio::test]
async fn a_no_to_a_guest_is_one_to_the_user() {
    let server = open_server().await;
    registered(&server, "ana").await;
    let mut owner = server.service("owner").await;
    let (note, link, mut browser) = asking(&server, &mut owner).await;
    let requests = owner.ask("GET", &format!("{note}/requests"), ()).await.json();
    let path = format!("{note}/requests/{}", requests["items"][0]["id"].as_str().unwrap());
    assert_eq!(owner.ask("POST", &path, json!({ "level": null })).await.status, 204);
    sign_in(&mut browser, "ana").await;
    promoted(&mut browser).await;
    for path in [link.clone(), format!("{link}/ask")] {
        let refused = browser.ask("POST", &path, json!({})).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "access_refused"));
    }
}

#[tokio::test]
async fn nobody_else_can_claim_a_guest() {
    let server = open_server().await;
    let (mut browser, own, _) = guest(&server).await;
    let me = browser.ask("GET", "/api/v1/me", ()).await.json();
    let guest = me["principal"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/me/guests/{guest}/promote");
    let unsigned = browser.ask("POST", &path, json!({})).await;
    assert_eq!((unsigned.status.as_u16(), unsigned.code().as_str()), (403, "sign_in_needed"));
    registered(&server, "ana").await;
    registered(&server, "eve").await;
    let mut eve = signed_in(&server, "eve").await;
    let stolen = eve.ask("POST", &path, json!({})).await;
    assert_eq!((stolen.status.as_u16(), stolen.code().as_str()), (404, "not_found"));
    sign_in(&mut browser, "ana").await;
    assert_eq!(browser.ask("POST", &path, json!({})).await.status, 204);
    let late = eve.ask("POST", &path, json!({})).await;
    assert_eq!((late.status.as_u16(), late.code().as_str()), (404, "not_found"));
    let note = format!("/api/v1/documents/{own}");
    assert_eq!(eve.ask("GET", &note, ()).await.status, 404);
    assert_eq!(browser.ask("GET", &note, ()).await.status, 200);
}
