use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use sticky_domain::event::{Body, Event, Fact};
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::StoreError;
use sticky_domain::stream::{Lane, StreamKind};

use super::{Memory, lock};

/// How many facts are read at once.
const PAGE: usize = 500;
/// How often the log is looked at when nothing happens.
const LOOK: Duration = Duration::from_secs(1);

/// Forgets what the control lane may have changed. Runs until the memory is dropped.
pub(super) async fn follow(memory: Weak<Memory>) {
    let Some(mut position) = start(&memory).await else { return };
    loop {
        let Some(memory) = memory.upgrade() else { return };
        let began = Instant::now();
        match memory.events.lane(Lane::Control, position, PAGE).await {
            Ok(events) => {
                let more = events.len() == PAGE;
                position = memory.hear(&events, position);
                if more {
                    continue;
                }
                *lock(&memory.sure) = Some(began);
            }
            Err(StoreError::Corrupt(_)) => position = memory.step_over(position),
            Err(error) => tracing::warn!(%error, "the control lane cannot be read"),
        }
        let grown = memory.events.wait_beyond(Lane::Control, position);
        // Nothing new in that time is an answer, too.
        let _ = tokio::time::timeout(LOOK, grown).await;
    }
}

async fn start(memory: &Weak<Memory>) -> Option<u64> {
    loop {
        let memory = memory.upgrade()?;
        match memory.events.position(Lane::Control).await {
            Ok(position) => {
                memory.heard.store(position, Ordering::Release);
                return Some(position);
            }
            Err(error) => tracing::warn!(%error, "the control lane cannot be read"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

impl Memory {
    /// Takes what happened after `position`; says how far that was.
    fn hear(self: &Arc<Self>, events: &[Event], position: u64) -> u64 {
        let Some(last) = events.last() else { return position };
        let _gate = lock(&self.gate);
        for event in events {
            self.forget_what_changes(event);
        }
        self.heard.store(last.position, Ordering::Release);
        last.position
    }

    /// A fact that cannot be read may have changed anything.
    fn step_over(&self, position: u64) -> u64 {
        let _gate = lock(&self.gate);
        self.forget_everything();
        self.heard.store(position + 1, Ordering::Release);
        position + 1
    }

    fn forget_what_changes(&self, event: &Event) {
        let Body::Fact(fact) = &event.body else { return };
        match event.stream.kind {
            StreamKind::Document | StreamKind::Content => {
                self.forget_document(DocumentId(event.stream.id));
            }
            StreamKind::Principal => self.forget_of(PrincipalId(event.stream.id), fact),
            StreamKind::Group | StreamKind::Project => self.forget_everything(),
        }
    }
}

impl Memory {
    fn forget_of(&self, principal: PrincipalId, fact: &Fact) {
        match fact {
            Fact::LinkRedeemed { document, .. } | Fact::LinkKept { document, .. } => {
                self.forget_on(*document, principal);
            }
            fact if says_nothing_of_rights(fact) => {}
            _ => self.forget_principal(principal),
        }
    }
}

/// What principals do all day.
fn says_nothing_of_rights(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::LinkOpened { .. }
            | Fact::GuestAdmitted { .. }
            | Fact::UserRegistered { .. }
            | Fact::TokenIssued { .. }
            | Fact::SignedIn { .. }
            | Fact::SignInFailed {}
            | Fact::AdminAppointed {}
            | Fact::PasswordChanged { .. }
            | Fact::IdentityLinked { .. }
            | Fact::IdentityUnlinked { .. }
    )
}
