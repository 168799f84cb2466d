use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

use crate::event::{Actor, Event, Fact, Via};
use crate::fence::{KeyVersion, RightKey};
use crate::id::{DocumentId, GroupId, LinkId, PrincipalId, RootId};
use crate::op_key::OpKey;
use crate::stream::{Lane, StreamId};
use crate::time::Timestamp;

use super::Turn;

/// The log: the only hand-over between the write side and the read side.
///
/// Whatever a method returns as recorded is durable (fsynced); what it returns as an error has not happened.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Appends facts to one control stream, together with the read rows that follow from them, in one transaction.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// Waits until the log is about to commit, which it does not do all the time under load. Whoever gathers updates until
    /// then has them recorded as soon as whoever submits each when it comes, and in fewer pieces.
    async fn turn(&self) -> Turn;

    /// Appends updates to a document's content stream, in the commit that it is the `turn` of; one answer per update, in
    /// order. A bad one fails alone.
    async fn record_in(
        &self,
        turn: Turn,
        document: DocumentId,
        updates: Vec<NewUpdate>,
    ) -> Vec<Result<Recorded, RecordError>>;

    /// [`Self::record_in`] some commit soon.
    async fn record(
        &self,
        document: DocumentId,
        updates: Vec<NewUpdate>,
    ) -> Vec<Result<Recorded, RecordError>> {
        self.record_in(Turn::default(), document, updates).await
    }

    /// The events of a control stream after `seq`, in order.
    async fn stream(&self, stream: StreamId, after: u64) -> Result<Vec<Event>, StoreError>;

    /// The updates of a document after `seq`, in order: at least one if there is one, then up to `max_bytes`.
    async fn updates(
        &self,
        document: DocumentId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Updates, StoreError>;

    /// At most `limit` events of a lane beyond `position`, in order. Positions are dense: nothing is ever skipped.
    async fn lane(&self, lane: Lane, beyond: u64, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// The newest position of a lane; 0 when it is empty.
    async fn position(&self, lane: Lane) -> Result<u64, StoreError>;

    /// The newest position that this process knows of: never behind what it has appended itself.
    fn known(&self, lane: Lane) -> u64;

    /// Returns once the lane may have grown beyond `position`: at once for this process's own appends,
    /// within a second for those of other processes.
    async fn wait_beyond(&self, lane: Lane, position: u64);
}

/// Facts for one control stream.
#[derive(Debug, Clone)]
pub struct Append {
    pub stream: StreamId,
    pub expected: Expected,
    pub facts: Vec<Fact>,
    pub actor: Actor,
    /// Names the append; its n-th fact is stored under a key derived from this one and n.
    pub op: OpKey,
    /// The keys that the decision rests on; none for decisions that rest on no right.
    pub fence: Vec<KeyVersion>,
}

/// Where a stream must stand for an append to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Any,
    /// Exactly this many events.
    Seq(u64),
}

/// A successful append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The stream's last seq.
    pub seq: u64,
    /// The lane's position of the last fact.
    pub position: u64,
    pub recorded_at: Timestamp,
}

/// Why nothing was appended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppendError {
    /// Someone else appended first: read again and decide again.
    #[error("the stream has moved on")]
    Conflict,
    /// The right under which this was decided has been lessened.
    #[error("the right has lapsed at {0:?}")]
    Lapsed(RightKey),
    /// The link has let in as many as it may.
    #[error("the link {0} has let in as many as it may")]
    UsedUp(LinkId),
    /// The group would be in itself.
    #[error("the group {0} would be in itself")]
    Circle(GroupId),
    /// Of those who own it nobody would be left who is still here.
    #[error("nobody would own it any more")]
    LastOwner,
    /// Someone who has left would be given something.
    #[error("{0} has left")]
    Gone(PrincipalId),
    /// The op key is taken by other facts.
    #[error("this operation was already recorded with other content")]
    OpConflict,
    /// A name in it belongs to something else.
    #[error("a name that must be unique is taken")]
    Taken,
    /// Nobody would run the installation any more.
    #[error("nobody would run the installation any more")]
    LastAdmin,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One update on its way into the log.
#[derive(Debug, Clone)]
pub struct NewUpdate {
    pub actor: Actor,
    pub op: OpKey,
    pub fence: Vec<KeyVersion>,
    /// A Yjs v1 update that has passed the guard.
    pub bytes: Bytes,
}

/// An update's place in its document. `repeated` when the same append had been recorded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    pub seq: u64,
    pub repeated: bool,
}

/// Why an update was not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    #[error("the right has lapsed at {0:?}")]
    Lapsed(RightKey),
    #[error("this operation was already recorded with other content")]
    OpConflict,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A recorded update as the log gives it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUpdate {
    pub seq: u64,
    pub principal: PrincipalId,
    /// Who the new client ids of this update belong to.
    pub root: RootId,
    pub via: Via,
    pub recorded_at: Timestamp,
    pub bytes: Bytes,
}

/// A part of a document's updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updates {
    pub updates: Vec<StoredUpdate>,
    /// The document's newest seq at the moment of reading.
    pub head: u64,
}

/// The store could not do it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Try again: nothing has happened, or a repeat under the same op key will tell.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    #[error("the disk is full")]
    Full,
    /// What was before this seq has been removed for good.
    #[error("what was before change {0} has been removed for good")]
    Pruned(u64),
    /// What is stored cannot be read.
    #[error("the database holds something unreadable: {0}")]
    Corrupt(String),
}
