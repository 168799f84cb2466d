//! The read models that follow the log: every effect and the checkpoint that it leads to in one transaction.
//!
//! Written once for both engines. Rows carry the generation that they belong to: a build writes the next one, and taking
//! its place is one changed number.

mod advance;
mod build;
mod checkpoint;
mod index;
mod links;
mod listed;
mod lists;
mod notes;
mod set_aside;
mod status;
mod texts;

use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{
    Advance, Build, Lag, NoteText, ProjectionStatus, Projections, StoreError, Swap, Target,
};
use sticky_domain::projection::{Edit, Projection};
use sticky_domain::stream::Lane;

use crate::connections::Connections;
use advance::{AdvanceLane, Observe};
use build::{Begin, Sweep, TakeOver};
use set_aside::PassOver;
use texts::SaveTexts;

pub(crate) use checkpoint::generation as live;
pub(crate) use index::{Entry, LOOKED_AT, reader};
pub(crate) use links::{of_document as link_uses, of_principal as link_use};

/// How many events are folded in one transaction. Others wait for it.
const BATCH: usize = 200;

/// The projections of an engine.
pub(crate) struct Projecting<'a, E>(pub(crate) &'a E);

#[async_trait]
impl<E: Connections> Projections for Projecting<'_, E> {
    async fn advance(&self, target: Target, lane: Lane) -> Result<Advance, StoreError> {
        let step = AdvanceLane { target, lane, limit: BATCH, now: self.0.now() };
        match self.0.projector().submit(step).await {
            // One of them cannot be folded: those before it are, one by one, and then it is passed over.
            Err(StoreError::Corrupt(_)) => advance_by_one(self.0, step).await,
            advanced => advanced,
        }
    }

    async fn lag(&self, projection: Projection) -> Result<Lag, StoreError> {
        status::lag(&mut *self.0.reader().await?, projection).await
    }

    async fn stale_texts(
        &self,
        target: Target,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError> {
        texts::stale(&mut *self.0.reader().await?, target, limit).await
    }

    async fn save_texts(&self, target: Target, texts: Vec<NoteText>) -> Result<(), StoreError> {
        self.0.projector().submit(SaveTexts::new(target, texts, self.0.now())).await
    }

    async fn begin(&self, projection: Projection) -> Result<Build, StoreError> {
        self.0.projector().submit(Begin { projection, now: self.0.now() }).await
    }

    async fn observe(&self, target: Target, edits: Vec<Edit>) -> Result<(), StoreError> {
        if edits.is_empty() {
            return Ok(());
        }
        self.0.projector().submit(Observe::new(target, edits, self.0.now())).await
    }

    async fn swap(&self, target: Target) -> Result<Swap, StoreError> {
        self.0.projector().submit(TakeOver { target, now: self.0.now() }).await
    }

    async fn sweep(&self, projection: Projection) -> Result<bool, StoreError> {
        self.0.projector().submit(Sweep { projection }).await
    }

    async fn status(&self) -> Result<Vec<ProjectionStatus>, StoreError> {
        status::all(&mut *self.0.reader().await?).await
    }
}

async fn advance_by_one<E: Connections>(
    engine: &E,
    step: AdvanceLane,
) -> Result<Advance, StoreError> {
    let AdvanceLane { target, lane, now, .. } = step;
    match engine.projector().submit(AdvanceLane { limit: 1, ..step }).await {
        Err(StoreError::Corrupt(reason)) => {
            engine.projector().submit(PassOver { target, lane, reason, now }).await
        }
        advanced => advanced,
    }
}
