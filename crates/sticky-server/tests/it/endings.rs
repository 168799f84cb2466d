//! What ends a login or a token ends its sockets.

use serde_json::json;

use crate::accounts::{PASSWORD, program, registered, signed_in};
use crate::harness::Server;
use crate::socket::{Socket, insert};
use crate::soon::Soon;
use crate::visitor::Visitor;

/// A user with a note, in a browser.
async fn author(server: &Server) -> (Visitor, String) {
    registered(server, "ana").await;
    let mut ana = signed_in(server, "ana").await;
    let note = ana.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    (ana, note)
}

async fn by_cookie(server: &Server, browser: &Visitor, note: &str) -> Socket {
    let headers = [
        ("cookie", browser.cookie().unwrap()),
        ("origin", server.app.public_url.origin()),
        ("sec-websocket-protocol", "sticky.v1"),
    ];
    opened(Socket::open(server.address(), &format!("/collab/{note}"), &headers).await, 5).await
}

async fn by_token(server: &Server, token: &str, note: &str, client: u8) -> Socket {
    let path = format!("/collab/{note}?token={token}");
    opened(
        Socket::open(server.address(), &path, &[("sec-websocket-protocol", "sticky.v1")]).await,
        client,
    )
    .await
}

/// Someone who has written: the right that it was written under is a live one.
async fn opened(mut socket: Socket, client: u8) -> Socket {
    socket.sync().await;
    socket.send(&insert(client, b'x')).await;
    socket.until(|frame| frame.starts_with(&[120])).await;
    socket
}

async fn is_cut(socket: Socket, soon: &Soon) {
    let closed = socket.closed().await;
    assert_eq!(closed, Some((4401, "unauthorized".to_owned())));
    soon.held("cut");
}

#[tokio::test]
async fn signing_out_closes_what_was_opened_with_the_login() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    let (mut ana, note) = author(&server).await;
    let session = ana.ask("POST", &format!("/api/v1/documents/{note}/session"), json!({})).await;
    let cookie = by_cookie(&server, &ana, &note).await;
    let collab = by_token(&server, &session.member("token"), &note, 6).await;
    assert_eq!(ana.ask("POST", "/api/v1/logout", json!({})).await.status, 204);
    let soon = Soon::from_now();
    is_cut(cookie, &soon).await;
    is_cut(collab, &soon).await;
}

#[tokio::test]
async fn a_new_password_closes_the_sockets_of_other_logins_only() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    let (mut ana, note) = author(&server).await;
    let (program, _) = program(&server, "ana").await;
    let other = by_token(&server, &program.bearer(), &note, 6).await;
    let mut own = by_cookie(&server, &ana, &note).await;
    let change = json!({ "current": PASSWORD, "new": "battery staple" });
    assert_eq!(ana.ask("POST", "/api/v1/me/password", change).await.status, 204);
    let soon = Soon::from_now();
    is_cut(other, &soon).await;
    own.send(&insert(7, b'y')).await;
    own.until(|frame| frame.starts_with(&[120])).await;
}

#[tokio::test]
async fn a_revoked_token_closes_its_sockets() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    let (mut ana, note) = author(&server).await;
    let issued = ana.ask("POST", "/api/v1/me/tokens", json!({})).await;
    let socket = by_token(&server, &issued.member("token"), &note, 6).await;
    let path = format!("/api/v1/me/tokens/{}", issued.member("id"));
    assert_eq!(ana.ask("DELETE", &path, ()).await.status, 204);
    let soon = Soon::from_now();
    is_cut(socket, &soon).await;
}

#[tokio::test]
async fn a_deleted_user_has_no_socket_left() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    let (mut ana, note) = author(&server).await;
    let issued = ana.ask("POST", "/api/v1/me/tokens", json!({})).await;
    let robot = by_token(&server, &issued.member("token"), &note, 6).await;
    let browser = by_cookie(&server, &ana, &note).await;
    assert_eq!(ana.ask("DELETE", "/api/v1/me", json!({ "password": PASSWORD })).await.status, 204);
    let soon = Soon::from_now();
    is_cut(robot, &soon).await;
    is_cut(browser, &soon).await;
}

#[tokio::test]
async fn the_end_of_an_access_token_is_that_of_its_sockets() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    let (_, note) = author(&server).await;
    let (program, refresh) = program(&server, "ana").await;
    let socket = by_token(&server, &program.bearer(), &note, 6).await;
    server.advance(10 * 60 * 1_000);
    let soon = Soon::from_now();
    is_cut(socket, &soon).await;
    let body = json!({ "refresh_token": refresh });
    let renewed = server.visitor().ask("POST", "/api/v1/login/refresh", body).await;
    by_token(&server, &renewed.member("access_token"), &note, 7).await;
}

/// 4403, at which a client deletes what it keeps: the token is as good as it was, for other notes.
#[tokio::test]
async fn a_token_that_loses_a_note_is_still_good() {
    let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
    let (mut ana, note) = author(&server).await;
    registered(&server, "ben").await;
    let mut ben = signed_in(&server, "ben").await;
    let token = ben.ask("POST", "/api/v1/me/tokens", json!({})).await.member("token");
    let permissions = format!("/api/v1/documents/{note}/permissions");
    let given = json!({ "username": "ben", "level": "editor" });
    let given = ana.ask("PUT", &permissions, given).await.json();
    let socket = by_token(&server, &token, &note, 6).await;
    let path = format!("{permissions}/{}", given["recipient"]["id"].as_str().unwrap());
    assert_eq!(ana.ask("DELETE", &path, ()).await.status, 204);
    let soon = Soon::from_now();
    assert_eq!(socket.closed().await, Some((4403, "access_removed".to_owned())));
    soon.held("cut");
    let mut robot = server.visitor().with("authorization", &format!("Bearer {token}"));
    assert_eq!(robot.ask("GET", "/api/v1/documents", ()).await.status, 200);
}
