//! Follows the control lane, so that whoever loses a right is cut off and whoever is renamed is seen so.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sticky_domain::access::Recipient;
use sticky_domain::event::{Body, Event, Fact};
use sticky_domain::fence::lessened;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::StoreError;
use sticky_domain::stream::{Lane, StreamKind};
use tokio::sync::watch;

use super::{RelayPorts, RoomHandle, Shared};
use crate::room::task::Control;

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
        let read = ports.events.lane(Lane::Control, position, PAGE).await;
        let Some(shared) = shared.upgrade() else { return };
        match read {
            Ok(events) => {
                for event in events {
                    position = event.position;
                    route(&shared, event);
                }
            }
            Err(StoreError::Corrupt(reason)) => {
                position = step_over(&shared, &ports, position, &reason).await
            }
            Err(error) => wait_out(&error).await,
        }
    }
}

/// A fact that cannot be read may have lessened any right: what comes before it is told, then everyone is looked up again.
async fn step_over(shared: &Shared, ports: &RelayPorts, position: u64, reason: &str) -> u64 {
    match ports.events.lane(Lane::Control, position, 1).await {
        Ok(events) => {
            let read = events.last().map_or(position, |event| event.position);
            events.into_iter().for_each(|event| route(shared, event));
            read
        }
        Err(StoreError::Corrupt(_)) => {
            tracing::error!(
                position = position + 1,
                reason,
                "a fact cannot be read; it is passed over"
            );
            tell(shared.all(), || Control::RecheckAll);
            position + 1
        }
        Err(error) => {
            wait_out(&error).await;
            position
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

fn route(shared: &Shared, event: Event) {
    let Body::Fact(fact) = event.body else { return };
    if event.stream.kind == StreamKind::Document {
        let fact = Arc::new(fact);
        let room = shared.one(DocumentId(event.stream.id));
        return tell(room, || Control::Heard(Arc::clone(&fact)));
    }
    let principal = PrincipalId(event.stream.id);
    if let Fact::GuestRemoved { link, document } = fact {
        tell(shared.one(document), || Control::Removed(link, principal));
    }
    if let Some(key) = lessened(event.stream, &fact) {
        tell(shared.all(), || Control::Lessened(key));
    }
    match fact {
        Fact::GuestRenamed { name } | Fact::UserRenamed { name } => {
            tell(shared.all(), || Control::Renamed(principal, name.clone()));
        }
        Fact::LinkRedeemed { document, .. } | Fact::LinkKept { document, .. } => {
            tell(shared.one(document), || Control::Widened(principal));
        }
        Fact::MemberAdded { member, .. } | Fact::MemberRoleChanged { member, .. } => match member {
            Recipient::Principal(principal) => tell(shared.all(), || Control::Widened(principal)),
            Recipient::Group(_) => tell(shared.all(), || Control::RecheckAll),
        },
        _ => {}
    }
}

fn tell(rooms: impl IntoIterator<Item = RoomHandle>, order: impl Fn() -> Control) {
    for room in rooms {
        // A room that has ended has nobody to tell.
        let _ = room.control.send(order());
    }
}
