//! Follows the control lane, so that whoever loses a right is cut off and whoever is renamed is seen so.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sticky_domain::event::{Body, Event, Fact};
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::StoreError;
use sticky_domain::stream::{Lane, StreamKind};
use tokio::sync::watch;

use super::{RelayPorts, RoomHandle, Shared};
use crate::room::task::Message;

/// How many facts are read at once.
const PAGE: usize = 500;
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Runs until the relay is dropped.
pub(super) async fn follow(
    shared: Weak<Shared>,
    ports: Arc<RelayPorts>,
    ready: watch::Sender<bool>,
) {
    let mut position = start(&ports).await;
    ready.send_replace(true);
    loop {
        ports.events.wait_beyond(Lane::Control, position).await;
        match ports.events.lane(Lane::Control, position, PAGE).await {
            Ok(events) => {
                for event in events {
                    position = event.position;
                    let Some(shared) = shared.upgrade() else { return };
                    route(&shared, event).await;
                }
            }
            Err(error) => wait_out(&error).await,
        }
    }
}

async fn start(ports: &RelayPorts) -> u64 {
    loop {
        match ports.events.position(Lane::Control).await {
            Ok(position) => return position,
            Err(error) => wait_out(&error).await,
        }
    }
}

async fn wait_out(error: &StoreError) {
    tracing::warn!(%error, "the control lane cannot be read");
    tokio::time::sleep(RETRY_AFTER).await;
}

async fn route(shared: &Shared, event: Event) {
    let Body::Fact(fact) = event.body else { return };
    match (event.stream.kind, fact) {
        (StreamKind::Document, fact) => {
            let room = shared.one(DocumentId(event.stream.id));
            tell(room, || Message::Heard(Arc::new(fact.clone()))).await;
        }
        (StreamKind::Principal, Fact::TokenRevoked { token }) => {
            tell(shared.all(), || Message::TokenRevoked(token)).await
        }
        (StreamKind::Principal, Fact::GuestRenamed { name }) => {
            let principal = PrincipalId(event.stream.id);
            tell(shared.all(), || Message::Renamed(principal, name.clone())).await;
        }
        _ => {}
    }
}

async fn tell(rooms: impl IntoIterator<Item = RoomHandle>, message: impl Fn() -> Message) {
    for room in rooms {
        // A room that has ended has nobody to tell.
        let _ = room.mailbox.send(message()).await;
    }
}
