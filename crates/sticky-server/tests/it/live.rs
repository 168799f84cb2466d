//! Several people on one note, over real sockets.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::Server;
use crate::socket::{Socket, insert};
use crate::soon::Soon;
use crate::visitor::Visitor;

/// A note of `owner`, with a link of this level: its path in the API, its socket's path, the link.
async fn shared(owner: &mut Visitor, level: &str) -> (String, String, String) {
    let id = owner.ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let path = format!("/api/v1/documents/{id}");
    let link = owner.ask("POST", &format!("{path}/links"), json!({"level": level})).await;
    let url = link.member("url");
    (path, format!("/collab/{id}"), url[url.find("/s/").unwrap()..].to_owned())
}

async fn guest(server: &Server, socket: &str, link: &str) -> Socket {
    let mut browser = server.visitor().in_browser();
    assert_eq!(browser.ask("POST", link, json!({})).await.status, 200);
    let headers = [
        ("cookie", browser.cookie().unwrap()),
        ("origin", server.app.public_url.origin()),
        ("sec-websocket-protocol", "sticky.v1"),
    ];
    Socket::open(server.address(), socket, &headers).await
}

const NOTICE: u8 = 121;

fn is_update(frame: &[u8]) -> bool {
    frame.starts_with(&[0, 2])
}

#[tokio::test]
async fn two_people_write_one_note_that_nobody_made_before() {
    let server = Server::listening(true).await;
    let path = "/collab/0198c0de-0000-7000-8000-0000000000aa";
    let open = async |user: &str| {
        let path = format!("{path}?userId={user}&displayName={user}");
        let mut socket = Socket::open(server.address(), &path, &[]).await;
        socket.sync().await;
        socket
    };
    let (mut ana, mut ben) = (open("ana").await, open("ben").await);
    ana.send(&insert(5, b'a')).await;
    assert_eq!(ben.until(is_update).await, insert(5, b'a'));
    let content = "/api/v1/documents/0198c0de-0000-7000-8000-0000000000aa/content";
    assert_eq!(server.visitor().ask("GET", content, ()).await.text(), "a");
}

#[tokio::test]
async fn a_viewer_sees_and_cannot_write() {
    for local_dev in [false, true] {
        let server = Server::listening(local_dev).await;
        let mut owner = server.service("owner").await;
        let (path, socket, link) = shared(&mut owner, "viewer").await;
        let mut viewer = guest(&server, &socket, &link).await;
        viewer.sync().await;
        let token = format!("{socket}?token={}", owner.bearer());
        let mut writer = Socket::open(server.address(), &token, &[]).await;
        writer.sync().await;
        writer.send(&insert(5, b'a')).await;
        assert_eq!(viewer.until(is_update).await, insert(5, b'a'));
        viewer.send(&insert(6, b'v')).await;
        let closed = viewer.closed().await.expect("a reason");
        assert_eq!(closed.0, 4403, "{closed:?}");
        let text = owner.ask("GET", &format!("{path}/content"), ()).await;
        assert_eq!(text.text(), "a");
    }
}

#[tokio::test]
async fn a_link_that_is_turned_off_closes_within_a_second() {
    for local_dev in [false, true] {
        let server = Server::listening(local_dev).await;
        let mut owner = server.service("owner").await;
        let (path, socket, link) = shared(&mut owner, "editor").await;
        let mut guest = guest(&server, &socket, &link).await;
        guest.sync().await;
        guest.send(&insert(6, b'g')).await;
        guest.until(|frame| frame.starts_with(&[120])).await;
        let links = owner.ask("GET", &format!("{path}/links"), ()).await.json();
        assert_eq!(links["items"][0]["people"], 1);
        let id = links["items"][0]["id"].as_str().unwrap();
        owner.ask("DELETE", &format!("{path}/links/{id}"), ()).await;
        let soon = Soon::from_now();
        assert_eq!(guest.closed().await, Some((4403, "link_revoked".to_owned())));
        soon.held("closed");
        let text = owner.ask("GET", &format!("{path}/content"), ()).await;
        assert_eq!(text.text(), "g");
    }
}

#[tokio::test]
async fn a_bare_link_token_is_the_same_guest_each_time() {
    let server = Server::listening(false).await;
    let mut owner = server.service("owner").await;
    let (path, socket, link) = shared(&mut owner, "editor").await;
    let address = format!("{socket}?token={}", link.strip_prefix("/s/").unwrap());
    for (clock, letter) in [(0, b'a'), (1, b'b')] {
        let mut provider = Socket::open(server.address(), &address, &[]).await;
        provider.sync().await;
        // The same Yjs client id each time: it must not have become someone else's.
        let update = if clock == 0 { insert(7, letter) } else { continued(letter) };
        provider.send(&update).await;
        let content = format!("{path}/content");
        let wanted = clock + 1;
        for _ in 0..50 {
            if owner.ask("GET", &content, ()).await.text().len() == wanted {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert_eq!(owner.ask("GET", &format!("{path}/content"), ()).await.text(), "ab");
}

#[tokio::test]
async fn a_bare_link_token_is_the_same_guest_whichever_key_signed_it() {
    let server = Server::listening(false).await;
    let mut owner = server.service("owner").await;
    let (path, socket, link) = shared(&mut owner, "editor").await;
    let who = async |server: &Server, link: &str| {
        let token = link.rsplit('/').next().unwrap();
        let address = format!("{socket}?sticky=1&token={token}");
        let mut provider = Socket::open(server.address(), &address, &[]).await;
        let notice = provider.until(|frame| frame[0] == NOTICE).await;
        let json = notice.iter().position(|byte| *byte == b'{').unwrap();
        let notice: serde_json::Value = serde_json::from_slice(&notice[json..]).unwrap();
        notice["principal"]["id"].clone()
    };
    let before = who(&server, &link).await;
    let later = server.with_new_keys().await;
    let mut owner = later.visitor().with("authorization", &format!("Bearer {}", owner.bearer()));
    let links = owner.ask("GET", &format!("{path}/links"), ()).await.json();
    let signed_anew = links["items"][0]["url"].as_str().unwrap();
    assert!(!signed_anew.ends_with(&link));
    assert_eq!(who(&later, signed_anew).await, before);
    assert_eq!(who(&later, &link).await, before);
}

/// The frame of an update by which client 7 writes a letter after its first one.
fn continued(letter: u8) -> Vec<u8> {
    let update = [1, 1, 7, 1, 0x84, 7, 0, 1, letter, 0];
    [&[0, 2, 10][..], &update].concat()
}

#[tokio::test]
async fn a_stop_asks_everyone_to_come_again() {
    let server = Server::listening(true).await;
    let path = "/collab/0198c0de-0000-7000-8000-0000000000aa";
    let mut socket = Socket::open(server.address(), path, &[]).await;
    socket.sync().await;
    let started = Instant::now();
    let (closed, ()) = tokio::join!(socket.closed(), server.stop());
    assert_eq!(closed.map(|(code, _)| code), Some(1012));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
