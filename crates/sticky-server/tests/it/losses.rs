//! Whoever loses a right is off the note within a second, in every way there is; whoever gains one needs no new socket.

use serde_json::{Value, json};

use crate::accounts::{registered, signed_in};
use crate::harness::Server;
use crate::socket::{Close, Socket, insert};
use crate::soon::Soon;
use crate::visitor::Visitor;

const ACCESS_REMOVED: (u16, &str) = (4403, "access_removed");
const LINK_REVOKED: (u16, &str) = (4403, "link_revoked");

/// Ana, who owns things, and Ben, who has signed in to a browser.
struct Scene {
    server: Server,
    ana: Visitor,
    ben: Visitor,
}

/// A note, and what was done for Ben: undone by the request.
struct Given {
    note: String,
    undo: (&'static str, String, Value),
}

/// A way for Ben to come to a note, and to lose it again.
#[derive(Debug, Clone, Copy)]
enum Way {
    Grant,
    Group,
    GroupInGroup,
    GroupItself,
    Member,
    Role,
    Trash,
}

impl Scene {
    async fn new() -> Self {
        let server = Server::listening_with(false, &[("STICKY_REGISTRATION", "open")]).await;
        registered(&server, "ana").await;
        registered(&server, "ben").await;
        let (ana, ben) = (signed_in(&server, "ana").await, signed_in(&server, "ben").await);
        Self { server, ana, ben }
    }

    async fn make(&mut self, path: &str, body: Value) -> String {
        let made = self.ana.ask("POST", path, body).await;
        assert_eq!(made.status, 201, "{path}: {}", made.text());
        made.member("id")
    }

    /// Puts someone in somewhere; the path by which they leave.
    async fn put(&mut self, path: &str, body: Value) -> String {
        let put = self.ana.ask("PUT", path, body).await;
        assert!(put.status.is_success(), "{path}: {}", put.text());
        format!("{path}/{}", put.json()["recipient"]["id"].as_str().unwrap())
    }

    async fn give(&mut self, way: Way) -> Given {
        let team = self.make("/api/v1/projects", json!({"name": "Team"})).await;
        let note = self.make(&format!("/api/v1/projects/{team}/documents"), json!({})).await;
        let path = format!("/api/v1/documents/{note}");
        let (members, permissions) =
            (format!("/api/v1/projects/{team}/members"), format!("{path}/permissions"));
        let undo = match way {
            Way::Grant => {
                let granted = json!({"username": "ben", "level": "editor"});
                ("DELETE", self.put(&permissions, granted).await, json!({}))
            }
            Way::Trash => {
                self.put(&permissions, json!({"username": "ben", "level": "editor"})).await;
                ("DELETE", path, json!({}))
            }
            Way::Member => {
                let member = json!({"username": "ben", "role": "member"});
                ("DELETE", self.put(&members, member).await, json!({}))
            }
            Way::Role => {
                self.put(&members, json!({"username": "ben", "role": "member"})).await;
                ("PUT", members, json!({"username": "ben", "role": "guest"}))
            }
            Way::Group | Way::GroupInGroup | Way::GroupItself => {
                let leave = self.give_to_groups(way, &permissions).await;
                ("DELETE", leave, json!({}))
            }
        };
        Given { note, undo }
    }

    /// By a group that is in a group; the path by which one of the ties ends.
    async fn give_to_groups(&mut self, way: Way, permissions: &str) -> String {
        let inner = self.make("/api/v1/groups", json!({"name": "Cooks"})).await;
        let outer = self.make("/api/v1/groups", json!({"name": "Kitchen"})).await;
        let members = |group: &str| format!("/api/v1/groups/{group}/members");
        let ben = json!({"username": "ben", "role": "member"});
        let leaves = self.put(&members(&inner), ben).await;
        let nested = json!({"group_id": inner, "role": "member"});
        let parts = self.put(&members(&outer), nested).await;
        self.put(permissions, json!({"group_id": outer, "level": "editor"})).await;
        match way {
            Way::Group => leaves,
            Way::GroupInGroup => parts,
            _ => format!("/api/v1/groups/{inner}"),
        }
    }

    /// Ben's socket on a note.
    async fn socket(&self, note: &str) -> Socket {
        by_cookie(&self.server, &self.ben, note).await
    }
}

async fn by_cookie(server: &Server, browser: &Visitor, note: &str) -> Socket {
    let headers = [
        ("cookie", browser.cookie().unwrap()),
        ("origin", server.app.public_url.origin()),
        ("sec-websocket-protocol", "sticky.v1"),
    ];
    let mut socket = Socket::open(server.address(), &format!("/collab/{note}"), &headers).await;
    socket.sync().await;
    socket
}

/// Writes as this client, and waits until it is durable.
async fn write(socket: &mut Socket, client: u8) {
    socket.send(&insert(client, b'x')).await;
    socket.until(|frame| frame.starts_with(&[120])).await;
}

/// Waits to be told of this level.
async fn is_told(socket: &mut Socket, level: &str, soon: &Soon) {
    let level = format!("\"level\":\"{level}\"");
    let told = |frame: &[u8]| frame[0] == 121 && String::from_utf8_lossy(frame).contains(&level);
    socket.until(told).await;
    soon.held("told");
}

fn closed((code, reason): (u16, &str)) -> Close {
    Some((code, reason.to_owned()))
}

#[tokio::test]
async fn whoever_loses_a_note_is_off_it_within_a_second() {
    let mut scene = Scene::new().await;
    for (way, end) in [
        (Way::Grant, ACCESS_REMOVED),
        (Way::Group, ACCESS_REMOVED),
        (Way::GroupInGroup, ACCESS_REMOVED),
        (Way::GroupItself, ACCESS_REMOVED),
        (Way::Member, ACCESS_REMOVED),
        (Way::Role, ACCESS_REMOVED),
        (Way::Trash, (4410, "in_trash")),
    ] {
        let Given { note, undo: (method, path, body) } = scene.give(way).await;
        let mut socket = scene.socket(&note).await;
        write(&mut socket, 5).await;
        let undone = scene.ana.ask(method, &path, body).await;
        assert!(undone.status.is_success(), "{way:?}: {}", undone.text());
        let soon = Soon::from_now();
        assert_eq!(socket.closed().await, closed(end), "{way:?}");
        soon.held(&format!("{way:?}"));
    }
}

#[tokio::test]
async fn a_level_that_changes_is_held_to_without_a_new_socket() {
    let mut scene = Scene::new().await;
    let Given { note, .. } = scene.give(Way::Grant).await;
    let permissions = format!("/api/v1/documents/{note}/permissions");
    let mut socket = scene.socket(&note).await;
    for (client, level) in [(5, "viewer"), (6, "editor"), (7, "owner"), (8, "editor")] {
        scene.put(&permissions, json!({"username": "ben", "level": level})).await;
        is_told(&mut socket, level, &Soon::from_now()).await;
        if level == "editor" {
            write(&mut socket, client).await;
        }
    }
    scene.put(&permissions, json!({"username": "ben", "level": "viewer"})).await;
    is_told(&mut socket, "viewer", &Soon::from_now()).await;
    socket.send(&insert(9, b'v')).await;
    assert_eq!(socket.closed().await, closed((4403, "read_only")));
}

#[tokio::test]
async fn whoever_joins_a_group_may_write_at_once() {
    let mut scene = Scene::new().await;
    let Given { note, .. } = scene.give(Way::Grant).await;
    let permissions = format!("/api/v1/documents/{note}/permissions");
    scene.put(&permissions, json!({"username": "ben", "level": "viewer"})).await;
    let group = scene.make("/api/v1/groups", json!({"name": "Cooks"})).await;
    scene.put(&permissions, json!({"group_id": group, "level": "editor"})).await;
    let mut socket = scene.socket(&note).await;
    let ben = json!({"username": "ben", "role": "member"});
    scene.put(&format!("/api/v1/groups/{group}/members"), ben).await;
    is_told(&mut socket, "editor", &Soon::from_now()).await;
    write(&mut socket, 5).await;
}

#[tokio::test]
async fn a_link_that_ends_or_narrows_lets_nobody_stay() {
    let mut scene = Scene::new().await;
    let note = scene.make("/api/v1/documents", json!({})).await;
    let links = format!("/api/v1/documents/{note}/links");
    let end = "2026-11-20T08:15:00Z";
    for narrowed in [json!({"audience": "shared"}), json!({"expires_at": end})] {
        let made = scene.ana.ask("POST", &links, json!({"level": "editor"})).await;
        let (link, url) = (made.member("id"), made.member("url"));
        let mut guest = scene.server.visitor().in_browser();
        let opened = guest.ask("POST", &url[url.find("/s/").unwrap()..], json!({})).await;
        assert_eq!(opened.status, 200);
        let mut socket = by_cookie(&scene.server, &guest, &note).await;
        write(&mut socket, 5).await;
        let changed = scene.ana.ask("PATCH", &format!("{links}/{link}"), narrowed.clone()).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        if narrowed["expires_at"].is_string() {
            // Not yet.
            socket.sync().await;
            scene.server.advance(60 * 60 * 1_000);
        }
        let soon = Soon::from_now();
        assert_eq!(socket.closed().await, closed(LINK_REVOKED), "{narrowed}");
        soon.held(&narrowed.to_string());
    }
}
