//! Use-cases: what people do, as short sequences of port calls. Every door calls these and nothing below them.

mod accounts;
mod audit;
mod browsers;
mod companies;
mod content;
mod documents;
mod finding;
mod history;
mod identities;
mod link_guests;
mod links;
mod listings;
mod logins;
mod open_link;
mod operator;
mod ownerless;
mod permissions;
mod previews;
mod principals;
mod projector;
mod promotions;
mod reach;
mod refusal;
mod requests;
mod transfers;
mod why;

use std::sync::Arc;

use crate::access::{Caller, Level, Presence, Right};
use crate::event::{Actor, Fact};
use crate::fence::{KeyVersion, lessened};
use crate::id::DocumentId;
use crate::op_key::OpKey;
use crate::port::{
    Access, Accounts as AccountsPort, Append, AppendError, Appended, AuditLog, Clock,
    ContentReader, ContentWriter, Directory, DocumentRow, EventStore, Expected, Ids, Lists,
    Passwords, ReadModel, Sessions, StoreError,
};
use crate::stream::StreamId;
use crate::title;

pub use accounts::{Accounts, NewAccount};
pub use audit::{Audit, AuditEntry, AuditPage};
pub use browsers::{Admission, Browser, Browsers, Knock, Person};
pub use companies::{Companies, Seen};
pub use content::{ContentEdits, EditedContent};
pub use documents::{DocumentChange, Documents};
pub use finding::{Finding, Hit};
pub use history::{Burst, History, Moment, Timeline};
pub use identities::{Connected, Identities};
pub use link_guests::LinkGuests;
pub use links::Links;
pub use listings::{List, ListDocuments, Listing, Listings};
pub use logins::{Logins, SignInError, Vouched};
pub use operator::Operator;
pub use ownerless::{Ownerless, OwnerlessPage};
pub use permissions::{Named, Permissions};
pub use previews::{Preview, PreviewVersion, Previews};
pub use principals::{IssuedToken, NewToken, Principals};
pub use projector::{Projector, RebuildProgress};
pub use promotions::{Promotable, Promotions};
pub use refusal::Refusal;
pub use requests::Requests;
pub use transfers::{Exporter, Import, ImportError, Imported, Transfers};
pub use why::{By, Explanation, Ground, Why};

/// The ports that the use-cases share.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Ports {
    pub events: Arc<dyn EventStore>,
    pub read: Arc<dyn ReadModel>,
    pub lists: Arc<dyn Lists>,
    pub access: Arc<dyn Access>,
    /// The same for looking only: may answer from memory what was so a moment ago.
    pub glance: Arc<dyn Access>,
    pub directory: Arc<dyn Directory>,
    pub sessions: Arc<dyn Sessions>,
    pub audit: Arc<dyn AuditLog>,
    pub accounts: Arc<dyn AccountsPort>,
    pub passwords: Arc<dyn Passwords>,
    pub reader: Arc<dyn ContentReader>,
    pub writer: Arc<dyn ContentWriter>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// How often a decision is made anew when others append first.
const ATTEMPTS: usize = 8;

impl Ports {
    /// What the caller may do with `document`, if that is at least `needed`.
    /// Without any right the document is [`Refusal::NotFound`], whether it exists or not.
    pub async fn authorise(
        &self,
        caller: &Caller,
        document: DocumentId,
        needed: Level,
    ) -> Result<Right, Refusal> {
        let access = if needed == Level::Viewer { &self.glance } else { &self.access };
        let right = access.right(caller, document).await?.ok_or(Refusal::NotFound)?;
        if right.level < needed {
            return Err(Refusal::Forbidden);
        }
        Ok(right)
    }

    /// Like [`Ports::authorise`], and the document is not in the trash.
    pub async fn authorise_live(
        &self,
        caller: &Caller,
        document: DocumentId,
        needed: Level,
    ) -> Result<Right, Refusal> {
        let right = self.authorise(caller, document, needed).await?;
        match right.presence {
            Presence::Live => Ok(right),
            Presence::Trashed => Err(Refusal::InTrash),
        }
    }

    /// Appends what `decide` makes of the stream's facts, deciding anew when someone else appended first.
    /// What only takes rights away does not wait for that: nobody may keep an owner from it by being quick.
    /// Returns `None` when there was nothing to append.
    pub(crate) async fn decide(
        &self,
        stream: StreamId,
        actor: Actor,
        fence: &[KeyVersion],
        decide: impl Fn(&[Fact]) -> Result<Vec<Fact>, Refusal> + Send + Sync,
    ) -> Result<Option<Appended>, Refusal> {
        for attempt in 0..ATTEMPTS {
            let facts = self.facts(stream).await?;
            let new = decide(&facts)?;
            if new.is_empty() {
                return Ok(None);
            }
            let only_lessens = new.iter().all(|fact| lessened(stream, fact).is_some());
            let expected = match attempt > 0 && only_lessens {
                true => Expected::Any,
                false => Expected::Seq(facts.len() as u64),
            };
            match self.append(stream, expected, new, actor, fence).await {
                Err(AppendError::Conflict) => {}
                Err(AppendError::Lapsed(_)) => return Err(Refusal::Lapsed),
                other => return Ok(Some(other?)),
            }
        }
        Err(Refusal::Busy)
    }

    pub(crate) async fn append(
        &self,
        stream: StreamId,
        expected: Expected,
        facts: Vec<Fact>,
        actor: Actor,
        fence: &[KeyVersion],
    ) -> Result<Appended, AppendError> {
        let op = OpKey::of(actor.principal, self.ids.id().as_bytes());
        self.events
            .append(Append { stream, expected, facts, actor, op, fence: fence.to_vec() })
            .await
    }

    /// Lets a title that follows the text say what the text says now.
    pub(crate) async fn freshen_title(&self, row: &mut DocumentRow) -> Result<(), Refusal> {
        if !row.title_is_stale() {
            return Ok(());
        }
        match self.reader.content(row.id, None).await {
            Ok(content) => {
                row.derived_title =
                    content.map(|content| title::derive(&content.text)).unwrap_or_default();
                Ok(())
            }
            // A note that cannot be read keeps its title, and nobody from their list.
            Err(StoreError::Corrupt(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn facts(&self, stream: StreamId) -> Result<Vec<Fact>, Refusal> {
        let events = self.events.stream(stream, 0).await?;
        Ok(events
            .into_iter()
            .filter_map(|event| match event.body {
                crate::event::Body::Fact(fact) => Some(fact),
                crate::event::Body::Update(_) => None,
            })
            .collect())
    }
}
