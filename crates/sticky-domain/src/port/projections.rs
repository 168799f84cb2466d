use async_trait::async_trait;

use super::event_store::StoreError;
use crate::id::DocumentId;
use crate::projection::{Edit, Projection};
use crate::stream::Lane;

/// The read models behind their checkpoints: each effect and the checkpoint that it leads to are one transaction.
/// Any number of nodes may call any of this at the same time.
#[async_trait]
pub trait Projections: Send + Sync {
    /// Folds the next events of a lane. What cannot be folded is set aside and passed over.
    async fn advance(&self, target: Target, lane: Lane) -> Result<Advance, StoreError>;

    /// How many events of each lane the live one has not seen yet.
    async fn lag(&self, projection: Projection) -> Result<Lag, StoreError>;

    /// Notes whose text has changed since it was read for the target, at most `limit`, with the seq to read it at.
    async fn stale_texts(
        &self,
        target: Target,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError>;

    /// Stores what notes say, each of them once, unless something newer is stored.
    async fn save_texts(&self, target: Target, texts: Vec<NoteText>) -> Result<(), StoreError>;

    /// Begins to build the projection anew beside the live one. Another build of it that is under way ends.
    async fn begin(&self, projection: Projection) -> Result<Build, StoreError>;

    /// Folds updates of streams that a build reads one by one.
    async fn observe(&self, target: Target, edits: Vec<Edit>) -> Result<(), StoreError>;

    /// Puts the build in the live one's place, if it has seen as much; says whether it did.
    async fn swap(&self, target: Target) -> Result<Swap, StoreError>;

    /// Takes away a part of what no longer counts; says whether there may be more.
    async fn sweep(&self, projection: Projection) -> Result<bool, StoreError>;

    /// How all of them stand.
    async fn status(&self) -> Result<Vec<ProjectionStatus>, StoreError>;
}

/// The live state of a projection, or one that is being built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub projection: Projection,
    /// `None`: whichever is live.
    pub generation: Option<u64>,
}

impl Target {
    pub const fn live(projection: Projection) -> Self {
        Self { projection, generation: None }
    }
}

/// How far a step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    /// Events folded or set aside; 0 at the end of the lane.
    pub events: u64,
    /// The new checkpoint.
    pub position: u64,
    /// Whether the target is still there.
    pub exists: bool,
}

/// Events between checkpoints and the ends of the lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    pub control: u64,
    pub content: u64,
}

/// A rebuild that has begun. The content lane's checkpoint stands where `heads` were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    pub generation: u64,
    pub heads: Vec<(DocumentId, u64)>,
}

/// What came of an attempt to put a build in the live one's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    Done,
    /// The live one has seen more.
    Behind,
    /// Another build was begun.
    Gone,
}

/// What a note says at a seq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteText {
    pub document: DocumentId,
    pub seq: u64,
    /// `None` when it cannot be read, with the reason.
    pub text: Result<String, String>,
}

/// How a projection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionStatus {
    pub projection: Projection,
    pub generation: u64,
    pub live: bool,
    pub control: Checkpoint,
    pub content: Checkpoint,
    /// Notes whose newest text is not in it yet.
    pub stale_texts: u64,
    /// Where and why something was passed over, oldest first.
    pub set_aside: Vec<SetAside>,
}

/// How far one lane has been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    pub position: u64,
    /// The lane's newest position.
    pub head: u64,
}

impl Checkpoint {
    /// Events that are not seen yet.
    pub fn lag(self) -> u64 {
        self.head.saturating_sub(self.position)
    }
}

/// Something that a projection could not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    pub place: String,
    pub reason: String,
}
