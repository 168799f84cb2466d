//! What a socket is refused with: a close code, because browsers show nothing else.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::Server;
use crate::socket::{Close, Socket};

fn closed(code: u16, reason: &str) -> Close {
    Some((code, reason.to_owned()))
}

/// A note, its socket's path, and its socket's credentials.
async fn note(server: &Server) -> (crate::visitor::Visitor, String, serde_json::Value) {
    let mut owner = server.service("owner").await;
    let id = owner.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let session = owner.ask("POST", &format!("/api/v1/documents/{id}/session"), json!({})).await;
    (owner, format!("/collab/{id}"), session.json())
}

#[tokio::test]
async fn what_does_not_let_in_is_said_by_code() {
    let server = Server::listening(false).await;
    let (_, path, session) = note(&server).await;
    let (_, elsewhere, _) = note(&server).await;
    let (ticket, token) = (session["ticket"].as_str().unwrap(), session["token"].as_str().unwrap());
    let other = server.service("other").await;
    let stranger = other.bearer();
    let end = async |path: &str, headers: &[(&'static str, &str)]| {
        Socket::open(server.address(), path, headers).await.closed().await
    };
    let unauthorized = closed(4401, "unauthorized");
    assert_eq!(end(&path, &[]).await, closed(4404, "not_found"));
    assert_eq!(end(&format!("{path}?token=x"), &[]).await, unauthorized);
    assert_eq!(end(&format!("{path}?token={ticket}"), &[]).await, unauthorized);
    assert_eq!(end(&format!("{elsewhere}?token={token}"), &[]).await, unauthorized);
    assert_eq!(end(&path, &[("authorization", "Bearer stk_x")]).await, unauthorized);
    assert_eq!(
        end(&path, &[("cookie", "sticky=x"), ("origin", server.app.public_url.origin())]).await,
        unauthorized
    );
    assert_eq!(end(&format!("{path}?token={stranger}"), &[]).await, closed(4404, "not_found"));
    assert_eq!(end(&format!("/collab/x?token={stranger}"), &[]).await, closed(4404, "not_found"));
    let foreign = [("origin", "https://evil.example")];
    assert_eq!(
        end(&format!("{path}?token={token}"), &foreign).await,
        closed(4401, "origin_refused")
    );
    let protocol = format!("sticky.v1, ticket.{token}");
    assert_eq!(end(&path, &[("sec-websocket-protocol", &protocol)]).await, unauthorized);
}

#[tokio::test]
async fn a_ticket_is_good_once_and_for_a_minute() {
    let server = Server::listening(false).await;
    let (mut owner, path, session) = note(&server).await;
    let protocol = format!("sticky.v1, ticket.{}", session["ticket"].as_str().unwrap());
    let headers = [("sec-websocket-protocol", protocol.as_str())];
    let mut first = Socket::open(server.address(), &path, &headers).await;
    assert_eq!(first.protocol.as_deref(), Some("sticky.v1"));
    first.sync().await;
    let second = Socket::open(server.address(), &path, &headers).await;
    assert_eq!(second.closed().await, closed(4401, "unauthorized"));
    let rest = path.replace("/collab/", "/api/v1/documents/") + "/session";
    let late = owner.ask("POST", &rest, json!({})).await.member("ticket");
    server.advance(60_000);
    let protocol = format!("sticky.v1, ticket.{late}");
    let socket =
        Socket::open(server.address(), &path, &[("sec-websocket-protocol", &protocol)]).await;
    assert_eq!(socket.closed().await, closed(4401, "unauthorized"));
}

#[tokio::test]
async fn a_collab_token_and_an_access_token_are_good_again_and_again() {
    let server = Server::listening(false).await;
    let (owner, path, session) = note(&server).await;
    let token = session["token"].as_str().unwrap();
    for token in [token, token, &owner.bearer()] {
        let mut socket =
            Socket::open(server.address(), &format!("{path}?token={token}"), &[]).await;
        assert_eq!(socket.protocol, None);
        socket.sync().await;
    }
    let mut open = Socket::open(server.address(), &format!("{path}?token={token}"), &[]).await;
    open.sync().await;
    let mut other =
        Socket::open(server.address(), &format!("{path}?token={}", owner.bearer()), &[]).await;
    server.advance(24 * 60 * 60 * 1_000);
    assert_eq!(open.closed().await, closed(4401, "unauthorized"), "a socket ends with its token");
    let socket = Socket::open(server.address(), &format!("{path}?token={token}"), &[]).await;
    assert_eq!(socket.closed().await, closed(4401, "unauthorized"));
    other.sync().await;
}

#[tokio::test]
async fn a_note_in_the_trash_has_no_socket() {
    let server = Server::listening(false).await;
    let (mut owner, path, _) = note(&server).await;
    owner.ask("DELETE", &path.replace("/collab/", "/api/v1/documents/"), ()).await;
    let socket =
        Socket::open(server.address(), &format!("{path}?token={}", owner.bearer()), &[]).await;
    assert_eq!(socket.closed().await, closed(4410, "in_trash"));
}

#[tokio::test]
async fn messages_that_cannot_be_are_refused() {
    let server = Server::listening(true).await;
    let end = async |message: Message| {
        let path = "/collab/0198c0de-0000-7000-8000-0000000000aa";
        let mut socket = Socket::open(server.address(), path, &[]).await;
        socket.sync().await;
        socket.message(message).await;
        socket.closed().await
    };
    let bytes = |bytes: &[u8]| Message::Binary(bytes.to_vec().into());
    assert_eq!(end(Message::Text("{}".into())).await, closed(4400, "malformed"));
    assert_eq!(end(bytes(&[0, 2, 5, 1])).await, closed(4400, "malformed"));
    assert_eq!(end(bytes(&[])).await, closed(4400, "malformed"));
    let huge = Message::Binary(vec![0; 2 << 20].into());
    assert_eq!(end(huge).await, closed(4413, "update_too_large"));
}
