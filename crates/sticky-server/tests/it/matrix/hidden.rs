//! What is there and what is not cannot be told apart: not by the answer, and not by what was done for it.

use bytes::Bytes;
use serde_json::json;
use sticky_domain::id::LinkId;
use sticky_domain::share_link;
use sticky_store::hooks::hearing;
use uuid::Uuid;

use super::cast::World;
use super::role::Role;
use super::sockets;
use super::table::{Row, rows};
use super::{NOWHERE, address};
use crate::harness::Server;
use crate::socket::{Close, Socket};
use crate::visitor::{Payload, Visitor};

/// What comes back, and every statement that the database was asked.
type Told = (u16, Bytes, Vec<String>);

async fn told(visitor: &mut Visitor, method: &str, path: &str, body: Payload) -> Told {
    let (answer, said) = hearing(visitor.ask(method, path, body)).await;
    (answer.status.as_u16(), answer.body, asked(said))
}

/// Without what the process says by itself, to see whether the log has grown.
fn asked(said: Vec<String>) -> Vec<String> {
    let follows = |text: &String| text.contains(" from lane ") || text.contains("where lane = ");
    said.into_iter().filter(|text| !follows(text)).collect()
}

fn same(there: &Told, nowhere: &Told, told: &str) {
    assert_eq!(there.0, 404, "{told}");
    assert_eq!((&there.0, &there.1), (&nowhere.0, &nowhere.1), "{told}");
    assert!(!there.2.is_empty(), "{told}: nothing was heard");
    assert_eq!(there.2, nowhere.2, "{told}");
}

/// Every role that is not to know of something, at every route that names it.
#[tokio::test]
async fn missing_and_forbidden_are_the_same() {
    let server = Server::production().await;
    let world = World::new(&server).await;
    let rows = rows();
    for role in Role::ALL {
        let mut visitor = world.visitor(role).await;
        // Whoever knows the note is told that a part of it is not there.
        let is_hidden = |row: &&Row| match row.path {
            path if path.starts_with("/api/v1/documents/{id}") => role.level().is_none(),
            path => path.contains("s/{id}"),
        };
        let hidden = rows.iter().filter(is_hidden);
        for row in hidden.filter(|row| row.refusal(role) == Some(404)) {
            let query = if row.query.is_empty() { "" } else { "?" };
            let nowhere = world.path(&row.path.replace("{id}", NOWHERE)).await + query + row.query;
            let there = address(&world, row).await;
            let there = told(&mut visitor, row.method, &there, (row.body)()).await;
            let nowhere = told(&mut visitor, row.method, &nowhere, (row.body)()).await;
            same(&there, &nowhere, &format!("{role:?} {} {}", row.method, row.path));
        }
    }
}

/// What belongs to something else is not there, for whoever owns the thing that it is looked for in.
#[tokio::test]
async fn what_is_part_of_something_else_is_missing() {
    let server = Server::production().await;
    let (world, other) = (World::new(&server).await, World::new(&server).await);
    let note = format!("/api/v1/documents/{}", world.note);
    let asked = format!("{note}/requests");
    let mut waiting = other.visitor(Role::Waiting).await;
    let request = waiting.ask("GET", "/api/v1/me", ()).await.json()["principal"]["id"].clone();
    let request = request.as_str().unwrap().to_owned();
    let mut owner = world.visitor(Role::Owner).await;
    for (method, path, id, body) in [
        ("PATCH", format!("{note}/links"), other.link.to_string(), json!({"label": "Mine"})),
        ("DELETE", format!("{note}/links"), other.link.to_string(), json!({})),
        ("POST", asked, request, json!({"level": "viewer"})),
    ] {
        let (there, nowhere) = (format!("{path}/{id}"), format!("{path}/{NOWHERE}"));
        let there = told(&mut owner, method, &there, body.clone().into()).await;
        let nowhere = told(&mut owner, method, &nowhere, body.into()).await;
        same(&there, &nowhere, &format!("{method} {path}"));
    }
    let mut others = other.visitor(Role::User).await;
    let issued = others.ask("POST", "/api/v1/me/tokens", json!({})).await.member("id");
    let mut user = world.visitor(Role::User).await;
    for (method, path, id, end) in [
        ("DELETE", "/api/v1/me/tokens", issued.as_str(), ""),
        ("POST", "/api/v1/me/guests", &waiting_guest(&other).await, "/promote"),
    ] {
        let ask = |id: &str| format!("{path}/{id}{end}");
        let there = told(&mut user, method, &ask(id), json!({}).into()).await;
        let nowhere = told(&mut user, method, &ask(NOWHERE), json!({}).into()).await;
        same(&there, &nowhere, &format!("{method} {path}"));
    }
}

/// The id of a guest in someone else's browser.
async fn waiting_guest(world: &World<'_>) -> String {
    let mut guest = world.visitor(Role::GuestEdit).await;
    guest.ask("GET", "/api/v1/me", ()).await.json()["principal"]["id"].to_string().replace('"', "")
}

/// Links that lead nowhere, whatever became of them; all of them are signed.
struct DeadLinks {
    never: String,
    dead: [(&'static str, String); 3],
}

impl DeadLinks {
    async fn new(server: &Server) -> Self {
        let mut owner = server.service("owner").await;
        let mut dead = [("turned off", ""), ("in the trash", ""), ("over", "")]
            .map(|(name, link)| (name, link.to_owned()));
        for (name, link) in &mut dead {
            let note = owner.ask("POST", "/api/v1/documents", json!({})).await.member("id");
            let note = format!("/api/v1/documents/{note}");
            let terms = json!({"level": "viewer", "expires_at": "2026-11-20T08:15:00Z"});
            let terms = if *name == "over" { terms } else { json!({"level": "viewer"}) };
            let made = owner.ask("POST", &format!("{note}/links"), terms).await;
            *link = made.member("url").rsplit('/').next().unwrap().to_owned();
            let end = match *name {
                "turned off" => format!("{note}/links/{}", made.member("id")),
                _ => note,
            };
            if *name != "over" {
                assert_eq!(owner.ask("DELETE", &end, ()).await.status, 204);
            }
        }
        server.advance(60 * 60 * 1_000);
        let never = LinkId(Uuid::from_u128(0x0198_c0de_0000_7000_8000_00ff_ffff_fff0));
        Self { never: share_link::token(&server.app.keys, never), dead }
    }
}

#[tokio::test]
async fn a_link_that_never_was_and_one_that_is_no_more_are_the_same() {
    let server = Server::production().await;
    let links = DeadLinks::new(&server).await;
    let mut someone = server.visitor().in_browser();
    for (method, end) in [
        ("GET", ""),
        ("GET", "/preview.txt"),
        ("GET", "/preview.html"),
        ("GET", "/oembed.json"),
        ("POST", ""),
        ("POST", "/ask"),
    ] {
        let mut ask = async |token: &str| {
            let body = if method == "GET" { Payload::Nothing } else { json!({}).into() };
            let (status, body, said) =
                told(&mut someone, method, &format!("/s/{token}{end}"), body).await;
            (status, String::from_utf8_lossy(&body).replace(token, "…"), said)
        };
        let never = ask(&links.never).await;
        for (name, link) in &links.dead {
            assert_eq!(ask(link).await, never, "{method} {end} of a link that is {name}");
        }
    }
}

/// How a socket ends that is not let in, and what was asked for that.
async fn ending(socket: impl Future<Output = Socket>) -> (Close, Vec<String>) {
    let (closed, said) = hearing(async { socket.await.closed().await }).await;
    (closed, asked(said))
}

#[tokio::test]
async fn a_socket_that_is_not_let_in_tells_nothing() {
    let server = Server::listening(false).await;
    let world = World::new(&server).await;
    for role in Role::ALL.into_iter().filter(|role| role.level().is_none()) {
        let visitor = world.visitor(role).await;
        idle(&server).await;
        let path = |note: &str| format!("/collab/{note}");
        let note = path(&world.note.to_string());
        let pair = async || {
            let there = ending(sockets::open(&server, &note, &visitor)).await;
            (there, ending(sockets::open(&server, &path(NOWHERE), &visitor)).await)
        };
        alike(pair, &format!("{role:?}")).await;
    }
    let links = DeadLinks::new(&server).await;
    let by = |token: &str| format!("/collab/{}?token={token}", world.note);
    let open = async |token: &str| ending(Socket::open(server.address(), &by(token), &[])).await;
    let tokens = || links.dead.iter().map(|(_, link)| link).chain([&links.never]);
    for token in tokens() {
        // The first brings its guest with it, who is known from then on.
        assert_eq!(open(token).await.0, Some((4404, "not_found".to_owned())));
        idle(&server).await;
    }
    for token in tokens() {
        alike(async || (open(token).await, open(&links.never).await), &by(token)).await;
    }
}

/// What differs once may be what the process asked by itself meanwhile; what differs each time is told by the door.
async fn alike<T: PartialEq + std::fmt::Debug>(pair: impl AsyncFn() -> (T, T), told: &str) {
    let mut last = pair().await;
    for _ in 0..5 {
        if last.0 == last.1 {
            return;
        }
        last = pair().await;
    }
    assert_eq!(last.0, last.1, "{told}");
}

/// Returns once the read models are up with the log: until then the process asks by itself.
async fn idle(server: &Server) {
    use sticky_domain::stream::Lane::{Content, Control};
    for lane in [Control, Content] {
        server.app.projector.catch_up(lane).await.unwrap();
    }
    while !asked(hearing(tokio::time::sleep(std::time::Duration::from_millis(80))).await.1)
        .is_empty()
    {}
}
