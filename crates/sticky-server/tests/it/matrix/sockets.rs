//! Every role and every message of a socket.

use sticky_domain::access::Level;

use super::cast::{Role, World};
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

    fn frame(self) -> Vec<u8> {
        match self {
            Self::Question => vec![0, 0, 1, 0],
            Self::Answer => {
                let mut update = insert(9, b'x');
                update[1] = 1;
                update
            }
            Self::Update => insert(9, b'x'),
            // Client 9, clock 1, `{}`.
            Self::Presence => vec![1, 6, 1, 9, 1, 2, b'{', b'}'],
            Self::WhoIsHere => vec![3],
        }
    }

    fn writes(self) -> bool {
        matches!(self, Self::Answer | Self::Update)
    }
}

/// The socket of this one; for those who cannot ask for a ticket, with what they have.
async fn open(server: &Server, world: &World<'_>, visitor: &Visitor) -> Socket {
    let path = format!("/collab/{}?sticky=1", world.note);
    let origin = server.app.public_url.origin();
    match (visitor.cookie(), visitor.token()) {
        (Some(cookie), _) => {
            let headers = [("cookie", cookie), ("origin", origin)];
            Socket::open(server.address(), &path, &headers).await
        }
        (None, Some(token)) => {
            Socket::open(server.address(), &format!("{path}&token={token}"), &[]).await
        }
        (None, None) => Socket::open(server.address(), &path, &[]).await,
    }
}

#[tokio::test]
async fn every_role_says_everything() {
    let server = Server::listening(false).await;
    for role in Role::ALL {
        for said in Said::ALL {
            let world = World::new(&server).await;
            let visitor = world.visitor(role).await;
            let mut socket = open(&server, &world, &visitor).await;
            let Some(level) = role.level() else {
                let (code, reason) = match role {
                    Role::Deleted => (4401, "unauthorized"),
                    _ => (4404, "not_found"),
                };
                let closed = socket.closed().await;
                assert_eq!(closed, Some((code, reason.to_owned())), "{role:?}");
                continue;
            };
            socket.sync().await;
            let (_, before) = world.log().await;
            socket.send(&said.frame()).await;
            if said.writes() && level < Level::Editor {
                let closed = socket.closed().await;
                assert_eq!(closed, Some((4403, "read_only".to_owned())), "{role:?} {said:?}");
            } else if said.writes() {
                socket.until(|frame| frame.starts_with(&[120])).await;
            } else {
                socket.sync().await;
            }
            let (_, after) = world.log().await;
            let written = u64::from(said.writes() && level >= Level::Editor);
            assert_eq!(after - before, written, "{role:?} {said:?}");
        }
    }
}

/// Whatever a viewer's frame begins with, nothing is written.
#[tokio::test]
async fn no_byte_lets_a_viewer_write() {
    let server = Server::listening(false).await;
    let world = World::new(&server).await;
    let visitor = world.visitor(Role::Viewer).await;
    let (_, before) = world.log().await;
    for first in 0..=u8::MAX {
        for frame in [insert(9, b'x'), vec![0, 1, 0], vec![0, 2, 2, 0, 0]] {
            let mut socket = open(&server, &world, &visitor).await;
            let mut frame = frame;
            frame[0] = first;
            socket.send_what_goes(&frame).await;
            socket.leave_or_be_closed().await;
        }
    }
    assert_eq!(world.log().await.1, before);
}
