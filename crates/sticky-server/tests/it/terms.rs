//! What a link asks of whoever comes in, what changes while it is open, and asking for access.

use serde_json::{Value, json};

use crate::harness::Server;
use crate::raw::Raw;
use crate::socket::Socket;
use crate::visitor::Visitor;

/// A note of `owner` with a link of these terms: the note's path, the link's own, the path to open it by.
async fn linked(owner: &mut Visitor, terms: Value) -> (String, String, String) {
    let id = owner.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await.member("id");
    let note = format!("/api/v1/documents/{id}");
    let link = owner.ask("POST", &format!("{note}/links"), terms).await;
    let (id, url) = (link.member("id"), link.member("url"));
    let link = format!("{note}/links/{id}");
    (note, link, url[url.find("/s/").unwrap()..].to_owned())
}

async fn code(visitor: &mut Visitor, path: &str, body: Value) -> (u16, String) {
    let answer = visitor.ask("POST", path, body).await;
    let code = if answer.status.is_success() { String::new() } else { answer.code() };
    (answer.status.as_u16(), code)
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_link_that_counts_is_opened_on_purpose_and_so_often() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let (note, link, open) =
        linked(&mut owner, json!({"level": "viewer", "max_uses": 1, "label": "Once"})).await;
    let (mut first, mut second) = (server.visitor().in_browser(), server.visitor().in_browser());
    assert_eq!(code(&mut first, &open, json!({})).await, refused(403, "confirm_needed"));
    assert_eq!(code(&mut first, &open, json!({"open": true})).await.0, 200);
    assert_eq!(code(&mut first, &open, json!({})).await.0, 200, "who is in stays in");
    let on_purpose = json!({"open": true});
    assert_eq!(code(&mut second, &open, on_purpose.clone()).await, refused(404, "not_found"));
    assert_eq!(server.visitor().ask("GET", &open, ()).await.status, 404, "and shows nothing");
    owner.ask("PATCH", &link, json!({"max_uses": null, "level": "editor"})).await;
    assert_eq!(code(&mut second, &open, json!({})).await.0, 200);
    let renamed = first.ask("PATCH", &note, json!({"title": "Ours"})).await;
    assert_eq!(renamed.status, 200, "the new level is everyone's");
    let links = owner.ask("GET", &format!("{note}/links"), ()).await.json();
    assert_eq!(links["items"][0]["uses"], 2);
    assert_eq!(links["items"][0]["label"], "Once");
}

#[tokio::test]
async fn a_link_ends_when_it_was_said_to() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let end = "2026-11-20T08:15:00Z";
    let (note, link, open) =
        linked(&mut owner, json!({"level": "viewer", "expires_at": end})).await;
    let mut guest = server.visitor().in_browser();
    assert_eq!(code(&mut guest, &open, json!({})).await.0, 200);
    server.advance(60 * 60 * 1_000);
    assert_eq!(guest.ask("GET", &note, ()).await.status, 404);
    assert_eq!(code(&mut guest, &open, json!({})).await, refused(404, "not_found"));
    let past = owner.ask("PATCH", &link, json!({"expires_at": end})).await;
    assert_eq!((past.status.as_u16(), past.code().as_str()), (400, "expires_at_invalid"));
    owner.ask("PATCH", &link, json!({"expires_at": null})).await;
    assert_eq!(guest.ask("GET", &note, ()).await.status, 200);
}

#[tokio::test]
async fn a_link_shows_what_its_policy_lets_it() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let (note, link, open) = linked(&mut owner, json!({"level": "viewer"})).await;
    let text = ("text/markdown", "Quagga");
    owner.ask("PUT", &format!("{note}/content"), text).await;
    let shown = async || {
        let text = server.visitor().ask("GET", &format!("{open}/preview.txt"), ()).await;
        let page = server.visitor().ask("GET", &open, ()).await;
        let says = |what: &str| page.text().contains(what);
        (text.text().contains("Quagga"), says("Quagga"), says("Plan"))
    };
    assert_eq!(shown().await, (true, true, true));
    owner.ask("PATCH", &link, json!({"preview": "title"})).await;
    assert_eq!(shown().await, (false, false, true));
    owner.ask("PATCH", &link, json!({"preview": "none"})).await;
    assert_eq!(shown().await, (false, false, false));
    owner.ask("PATCH", &link, json!({"preview": "full", "audience": "shared"})).await;
    assert_eq!(shown().await, (false, false, false), "it is not for whoever looks");
}

#[tokio::test]
async fn whoever_is_outside_asks_and_is_let_in_by_one_answer() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let terms = json!({"level": "editor", "audience": "shared"});
    let (note, _, open) = linked(&mut owner, terms).await;
    let (mut ana, mut eve) = (server.visitor().in_browser(), server.visitor().in_browser());
    let ask = format!("{open}/ask");
    for browser in [&mut ana, &mut eve] {
        assert_eq!(code(browser, &open, json!({})).await, refused(403, "ask_for_access"));
        let message = json!({"message": "It's me"});
        assert_eq!(browser.ask("POST", &ask, message).await.status, 204);
        assert_eq!(browser.ask("POST", &ask, json!({})).await.status, 204, "asked once");
        assert_eq!(code(browser, &open, json!({})).await, refused(403, "access_asked"));
    }
    let requests = owner.ask("GET", &format!("{note}/requests"), ()).await.json();
    let waiting = requests["items"].as_array().unwrap();
    assert_eq!((waiting.len(), &waiting[0]["message"]), (2, &json!("It's me")));
    let answer = |nth: usize| format!("{note}/requests/{}", waiting[nth]["id"].as_str().unwrap());
    assert_eq!(owner.ask("POST", &answer(0), json!({"level": "viewer"})).await.status, 204);
    assert_eq!(owner.ask("POST", &answer(1), json!({"level": null})).await.status, 204);
    assert_eq!(owner.ask("POST", &answer(1), json!({"level": null})).await.status, 404, "once");
    let opened = ana.ask("POST", &open, json!({})).await;
    assert_eq!((opened.status.as_u16(), opened.member("level").as_str()), (200, "editor"));
    assert_eq!(code(&mut eve, &open, json!({})).await, refused(403, "access_refused"));
    let note = code(&mut eve, "/api/v1/documents", json!({})).await;
    assert_eq!(note, refused(403, "anonymous_notes_off"), "to ask is not to be somebody");
    assert_eq!(eve.ask("POST", &ask, json!({})).await.code(), "access_refused");
}

#[tokio::test]
async fn a_password_is_asked_of_whoever_comes_in() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let terms = json!({"level": "viewer", "password": "correct horse"});
    let (note, link, open) = linked(&mut owner, terms).await;
    let (mut first, mut second) = (server.visitor().in_browser(), server.visitor().in_browser());
    assert_eq!(code(&mut first, &open, json!({})).await, refused(403, "password_needed"));
    assert!(first.cookie().is_none(), "nobody is known by trying");
    let says = |password: &str| json!({ "password": password });
    assert_eq!(code(&mut first, &open, says("wrong")).await, refused(403, "wrong_password"));
    assert_eq!(code(&mut first, &open, says("correct horse")).await.0, 200);
    assert_eq!(code(&mut first, &open, json!({})).await.0, 200, "who is in stays in");
    assert_eq!(server.visitor().ask("GET", &open, ()).await.status, 404, "and shows nothing");
    let listed = owner.ask("GET", &format!("{note}/links"), ()).await;
    assert_eq!(listed.json()["items"][0]["has_password"], true);
    assert!(!listed.text().contains("argon2"));
    let too_short = owner.ask("PATCH", &link, says("short")).await;
    assert_eq!((too_short.status.as_u16(), too_short.code().as_str()), (400, "password_invalid"));
    owner.ask("PATCH", &link, json!({"label": "For friends"})).await;
    assert_eq!(code(&mut second, &open, json!({})).await, refused(403, "password_needed"));
    let free = owner.ask("PATCH", &link, json!({"password": null})).await;
    assert_eq!(free.json()["has_password"], false);
    assert_eq!(code(&mut second, &open, json!({})).await.0, 200);
}

#[tokio::test]
async fn guesses_at_a_links_password_are_counted_by_where_they_come_from() {
    let settings = [("STICKY_RATE_LIMIT", "true"), ("STICKY_TRUSTED_PROXIES", "127.0.0.0/8")];
    let server = Server::listening_with(false, &settings).await;
    let mut owner = server.service("owner").await;
    let terms = json!({"level": "viewer", "password": "correct horse"});
    let (_, _, open) = linked(&mut owner, terms).await;
    let host = server.address();
    let say = async |from: &str, password: &str| {
        let mut raw = Raw::connect(host).await;
        let body = json!({ "password": password }).to_string();
        let head = format!("POST {open} HTTP/1.1\r\nhost: {host}\r\nx-forwarded-for: {from}\r\n");
        let length = body.len();
        raw.send(&format!(
            "{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await;
        raw.head().await["HTTP/1.1 ".len()..][..3].to_owned()
    };
    for _ in 0..5 {
        assert_eq!(say("203.0.113.1", "wrong horse").await, "403");
    }
    assert_eq!(say("203.0.113.1", "correct horse").await, "429");
    for _ in 0..6 {
        assert_eq!(say("203.0.113.2", "correct horse").await, "200", "who is right is no guesser");
    }
}

#[tokio::test]
async fn a_link_of_which_more_is_asked_is_opened_by_people_only() {
    let server = Server::listening(false).await;
    let mut owner = server.service("owner").await;
    let (note, link, open) = linked(&mut owner, json!({"level": "viewer"})).await;
    let (id, token) = (&note[note.rfind('/').unwrap() + 1..], &open["/s/".len()..]);
    let path = format!("/collab/{id}?token={token}");
    Socket::open(server.address(), &path, &[]).await.sync().await;
    for terms in [json!({"password": "correct horse"}), json!({"password": null, "max_uses": 9})] {
        owner.ask("PATCH", &link, terms).await;
        let refused = Socket::open(server.address(), &path, &[]).await;
        assert_eq!(refused.closed().await.map(|(code, _)| code), Some(4404));
    }
}

#[tokio::test]
async fn owners_see_what_was_done_by_a_link() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let (note, _, open) = linked(&mut owner, json!({"level": "editor"})).await;
    let mut ana = server.visitor().in_browser();
    code(&mut ana, &open, json!({})).await;
    code(&mut server.visitor().in_browser(), &open, json!({})).await;
    ana.ask("PUT", &format!("{note}/content"), ("text/markdown", "milk")).await;
    owner.ask("GET", &format!("{note}/links"), ()).await;
    for minutes in [30, 30] {
        server.advance(minutes * 60 * 1_000);
        assert_eq!(code(&mut ana, &open, json!({})).await.0, 200);
    }
    let links = owner.ask("GET", &format!("{note}/links"), ()).await.json();
    let told = |name: &str| links["items"][0][name].clone();
    assert_eq!((told("openings"), told("edits"), told("uses")), (json!(3), json!(1), json!(2)));
    assert!(told("edited_at").is_string());
}
