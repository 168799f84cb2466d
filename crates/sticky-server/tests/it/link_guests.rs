//! Whom a link has let in, one by one.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::accounts::{open_server, registered, signed_in};
use crate::harness::Server;
use crate::socket::{Socket, insert};
use crate::visitor::Visitor;

/// A note, and a link to it that lets people edit: its path, that of the link, and the address to open.
async fn shared(owner: &mut Visitor) -> (String, String, String) {
    let made = owner.ask("POST", "/api/v1/documents", json!({"title": "Plan"})).await;
    let path = format!("/api/v1/documents/{}", made.member("id"));
    let link = owner.ask("POST", &format!("{path}/links"), json!({"level": "editor"})).await;
    let url = link.member("url");
    let link = format!("{path}/links/{}", link.member("id"));
    (path, link, url[url.find("/s/").unwrap()..].to_owned())
}

/// A browser that the link has let in, and who it is there.
async fn guest(server: &Server, address: &str) -> (Visitor, String) {
    let mut guest = server.visitor().in_browser();
    let opened = guest.ask("POST", address, json!({})).await;
    assert_eq!(opened.status, 200, "{}", opened.text());
    let id = opened.json()["principal"]["id"].as_str().unwrap().to_owned();
    (guest, id)
}

#[tokio::test]
async fn owners_see_whom_a_link_let_in_and_remove_them_alone() {
    let server = Server::production().await;
    let mut owner = server.service("owner").await;
    let (path, link, address) = shared(&mut owner).await;
    let (mut fox, of_fox) = guest(&server, &address).await;
    server.advance(60_000);
    let (mut owl, _) = guest(&server, &address).await;
    let edit = json!({"op": "append", "text": "by the owl"});
    assert_eq!(owl.ask("PATCH", &format!("{path}/content"), edit).await.status, 200);
    owner.told();
    let guests = format!("{link}/guests");
    owner.ask("GET", &format!("{guests}?page_size=1"), ()).await;
    owner.ask("DELETE", &format!("{guests}/{of_fox}"), ()).await;
    owner.ask("DELETE", &format!("{guests}/{of_fox}"), ()).await;
    owner.ask("GET", &guests, ()).await;
    let me = owner.ask("GET", "/api/v1/me", ()).await.json();
    let me = me["principal"]["id"].as_str().unwrap();
    owner.ask("DELETE", &format!("{guests}/{me}"), ()).await;
    owner.ask("DELETE", &format!("{path}/permissions/{of_fox}"), ()).await;
    insta::assert_snapshot!(owner.told());
    assert_eq!(fox.ask("GET", &path, ()).await.status, 404);
    assert_eq!(fox.ask("POST", &address, json!({})).await.status, 404, "the link is not for them");
    assert_eq!(owl.ask("GET", &path, ()).await.status, 200);
    let refused = owl.ask("GET", &guests, ()).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "forbidden"));
}

#[tokio::test]
async fn a_link_of_another_note_tells_nothing() {
    let server = Server::production().await;
    let (mut ana, mut ben) = (server.service("ana").await, server.service("ben").await);
    let (path, _, _) = shared(&mut ana).await;
    let (_, link, address) = shared(&mut ben).await;
    let (mut fox, of_fox) = guest(&server, &address).await;
    let foreign = format!("{path}/links/{}/guests", link.rsplit('/').next().unwrap());
    assert_eq!(ana.ask("GET", &foreign, ()).await.status, 404);
    assert_eq!(ana.ask("DELETE", &format!("{foreign}/{of_fox}"), ()).await.status, 404);
    assert_eq!(fox.ask("POST", &address, json!({})).await.status, 200);
}

#[tokio::test]
async fn a_user_who_opened_a_link_has_the_note_wherever_they_sign_in() {
    let server = open_server().await;
    for username in ["ana", "ben"] {
        registered(&server, username).await;
    }
    let (mut ana, mut ben) = (signed_in(&server, "ana").await, signed_in(&server, "ben").await);
    let (path, link, address) = shared(&mut ana).await;
    ana.ask("PATCH", &link, json!({"max_uses": 1})).await;
    let opened = ben.ask("POST", &address, json!({"open": true})).await;
    assert_eq!(opened.status, 200, "{}", opened.text());
    let mut elsewhere = signed_in(&server, "ben").await;
    assert_eq!(elsewhere.ask("GET", &path, ()).await.status, 200);
    let shared = elsewhere.ask("GET", "/api/v1/documents?in=shared", ()).await.json();
    assert_eq!(
        (&shared["total"], &shared["items"][0]["shared_by"]["name"]),
        (&json!(1), &json!("ana"))
    );
    let found = elsewhere.ask("GET", "/api/v1/search?q=plan", ()).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let again = elsewhere.ask("POST", &address, json!({})).await;
    assert_eq!(again.status, 200, "he is in already: {}", again.text());
    ana.ask("DELETE", &link, ()).await;
    assert_eq!(elsewhere.ask("GET", &path, ()).await.status, 404);
    let shared = elsewhere.ask("GET", "/api/v1/documents?in=shared", ()).await.json();
    assert_eq!(shared["total"], 0);
    let found = elsewhere.ask("GET", "/api/v1/search?q=plan", ()).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 0);
}

async fn socket(server: &Server, browser: &Visitor, path: &str) -> Socket {
    let headers = [
        ("cookie", browser.cookie().unwrap()),
        ("origin", server.app.public_url.origin()),
        ("sec-websocket-protocol", "sticky.v1"),
    ];
    let path = path.replace("/api/v1/documents/", "/collab/");
    let mut socket = Socket::open(server.address(), &path, &headers).await;
    socket.sync().await;
    socket
}

async fn write(socket: &mut Socket, client: u8) {
    socket.send(&insert(client, b'x')).await;
    socket.until(|frame| frame.starts_with(&[120])).await;
}

async fn is_cut(socket: Socket, reason: &str, since: Instant) {
    assert_eq!(socket.closed().await, Some((4403, reason.to_owned())));
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
}

#[tokio::test]
async fn whoever_is_removed_is_off_the_note_within_a_second_and_nobody_else() {
    let server = Server::listening(false).await;
    let mut owner = server.service("owner").await;
    let (path, link, address) = shared(&mut owner).await;
    let ((fox, of_fox), (owl, _)) =
        (guest(&server, &address).await, guest(&server, &address).await);
    let (mut of_a_fox, mut of_an_owl) =
        (socket(&server, &fox, &path).await, socket(&server, &owl, &path).await);
    write(&mut of_a_fox, 5).await;
    write(&mut of_an_owl, 6).await;
    let since = Instant::now();
    let removed = owner.ask("DELETE", &format!("{link}/guests/{of_fox}"), ()).await;
    assert_eq!(removed.status, 204);
    is_cut(of_a_fox, "access_removed", since).await;
    write(&mut of_an_owl, 7).await;
}

#[tokio::test]
async fn what_a_link_gives_a_user_begins_and_ends_on_every_device() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    for username in ["ana", "ben"] {
        registered(&server, username).await;
    }
    let (mut ana, mut ben) = (signed_in(&server, "ana").await, signed_in(&server, "ben").await);
    let (path, link, address) = shared(&mut ana).await;
    let reads = json!({"username": "ben", "level": "viewer"});
    let reads = ana.ask("PUT", &format!("{path}/permissions"), reads).await;
    let reader = reads.json()["recipient"]["id"].as_str().unwrap().to_owned();
    let elsewhere = signed_in(&server, "ben").await;
    let mut live = socket(&server, &elsewhere, &path).await;
    assert_eq!(ben.ask("POST", &address, json!({})).await.status, 200);
    live.until(|frame| frame[0] == 121 && String::from_utf8_lossy(frame).contains("editor")).await;
    write(&mut live, 5).await;
    ana.ask("DELETE", &format!("{path}/permissions/{reader}"), ()).await;
    write(&mut live, 6).await;
    let since = Instant::now();
    assert_eq!(ana.ask("DELETE", &link, ()).await.status, 204);
    is_cut(live, "link_revoked", since).await;
}
