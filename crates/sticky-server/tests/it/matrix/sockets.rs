//! Every role and every message of a socket.

use serde_json::json;
use sticky_domain::access::Level;
use uuid::Uuid;

use super::cast::World;
use super::role::Role;
use crate::harness::Server;
use crate::socket::{Socket, insert};
use crate::visitor::Visitor;

/// What a client can send. A new kind of frame must be listed: the first byte of each is tried below, all 256 of them.
#[derive(Debug, Clone, Copy)]
enum Said {
    Question,
    Answer,
    Update,
    Presence,
    WhoIsHere,
}

impl Said {
    const ALL: [Self; 5] =
        [Self::Question, Self::Answer, Self::Update, Self::Presence, Self::WhoIsHere];

    /// As said by this Yjs client.
    fn frame(self, client: u8) -> Vec<u8> {
        match self {
            Self::Question => vec![0, 0, 1, 0],
            Self::Answer => {
                let mut update = insert(client, b'x');
                update[1] = 1;
                update
            }
            Self::Update => insert(client, b'x'),
            // Clock 1, `{}`.
            Self::Presence => vec![1, 6, 1, client, 1, 2, b'{', b'}'],
            Self::WhoIsHere => vec![3],
        }
    }

    fn writes(self) -> bool {
        matches!(self, Self::Answer | Self::Update)
    }
}

/// What a socket is opened with.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// What they have: a cookie, or a token.
    Own,
    /// What they are given for one socket, and for programs that know only addresses.
    Ticket,
    CollabToken,
}

impl Way {
    const ALL: [Self; 3] = [Self::Own, Self::Ticket, Self::CollabToken];

    async fn open(self, server: &Server, note: Uuid, visitor: &mut Visitor) -> Socket {
        let path = format!("/collab/{note}?sticky=1");
        if let Self::Own = self {
            return open(server, &path, visitor).await;
        }
        let ask = format!("/api/v1/documents/{note}/session");
        let session = visitor.ask("POST", &ask, json!({})).await;
        match self {
            Self::Ticket => {
                let protocols = format!("sticky.v1, ticket.{}", session.member("ticket"));
                let headers = [("sec-websocket-protocol", protocols.as_str())];
                Socket::open(server.address(), &path, &headers).await
            }
            _ => {
                let path = format!("{path}&token={}", session.member("token"));
                Socket::open(server.address(), &path, &[]).await
            }
        }
    }
}

/// The socket of this one, with what they have.
pub(super) async fn open(server: &Server, path: &str, visitor: &Visitor) -> Socket {
    let origin = server.app.public_url.origin();
    match (visitor.cookie(), visitor.token()) {
        (Some(cookie), _) => {
            let headers = [("cookie", cookie), ("origin", origin)];
            Socket::open(server.address(), path, &headers).await
        }
        (None, Some(token)) => {
            let token = format!("Bearer {token}");
            Socket::open(server.address(), path, &[("authorization", &token)]).await
        }
        (None, None) => Socket::open(server.address(), path, &[]).await,
    }
}

#[tokio::test]
async fn every_role_says_everything() {
    let server = Server::listening(false).await;
    for role in Role::ALL {
        let world = World::new(&server).await;
        match role.level() {
            Some(level) => says_everything(&world, role, level).await,
            None => is_not_let_in(&world, role).await,
        }
    }
}

async fn is_not_let_in(world: &World<'_>, role: Role) {
    let mut visitor = world.visitor(role).await;
    let socket = Way::Own.open(world.server, world.note, &mut visitor).await;
    let (code, reason) = match role {
        Role::Deleted => (4401, "unauthorized"),
        _ => (4404, "not_found"),
    };
    assert_eq!(socket.closed().await, Some((code, reason.to_owned())), "{role:?}");
}

async fn says_everything(world: &World<'_>, role: Role, level: Level) {
    let mut visitor = world.visitor(role).await;
    let mut client = 9;
    for way in Way::ALL {
        for said in Said::ALL {
            client += 1;
            let mut socket = way.open(world.server, world.note, &mut visitor).await;
            socket.sync().await;
            let (_, before) = world.log().await;
            socket.send(&said.frame(client)).await;
            if said.writes() && level < Level::Editor {
                let (closed, read_only) = (socket.closed().await, (4403, "read_only".to_owned()));
                assert_eq!(closed, Some(read_only), "{role:?} {way:?} {said:?}");
            } else if said.writes() {
                socket.until(|frame| frame.starts_with(&[120])).await;
            } else {
                socket.sync().await;
            }
            let (_, after) = world.log().await;
            let written = u64::from(said.writes() && level >= Level::Editor);
            assert_eq!(after - before, written, "{role:?} {way:?} {said:?}");
        }
    }
}

/// Whatever a viewer's frame begins with, nothing is written.
#[tokio::test]
async fn no_byte_lets_a_viewer_write() {
    let server = Server::listening(false).await;
    let world = World::new(&server).await;
    let visitor = world.visitor(Role::Viewer).await;
    let path = format!("/collab/{}?sticky=1", world.note);
    let (_, before) = world.log().await;
    for first in 0..=u8::MAX {
        for frame in [insert(9, b'x'), vec![0, 1, 0], vec![0, 2, 2, 0, 0]] {
            let mut socket = open(&server, &path, &visitor).await;
            let mut frame = frame;
            frame[0] = first;
            socket.send_what_goes(&frame).await;
            socket.leave_or_be_closed().await;
        }
    }
    assert_eq!(world.log().await.1, before);
}
