use std::sync::Arc;

use crate::id::DocumentId;
use crate::port::{
    Advance, Lag, NoteText, ProjectionStatus, Projections, StoreError, Swap, Target,
};
use crate::projection::{Edit, Projection};
use crate::stream::Lane;

use super::{Ports, Refusal};

/// Texts read before they are stored together.
const TEXTS: usize = 128;
/// Bytes of text stored together, about.
const TEXT_BYTES: usize = 4 << 20;
/// Updates folded together while streams are read one by one.
const EDITS: usize = 500;
/// How much of a stream is read at once.
const READ_BYTES: usize = 1 << 20;
/// Steps that a reader is kept waiting for at most; one that asks while more is missing gets what there is.
const STEPS_FOR_A_READER: usize = 8;

/// Keeps the read models up with the log, and builds them anew.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Projector {
    ports: Ports,
    projections: Arc<dyn Projections>,
}

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RebuildProgress {
    /// Facts folded.
    Facts {
        done: u64,
        of: u64,
    },
    /// Notes whose updates were folded.
    Notes {
        done: u64,
        of: u64,
    },
    /// Only what has been written meanwhile is left.
    CatchingUp,
    Swapped,
}

/// Is told how far a rebuild has come.
type Watch<'a> = &'a (dyn Fn(RebuildProgress) + Send + Sync);

impl Projector {
    pub fn new(ports: Ports, projections: Arc<dyn Projections>) -> Self {
        Self { ports, projections }
    }

    /// Folds all that a lane has; returns the position from which on it is to be followed.
    pub async fn catch_up(&self, lane: Lane) -> Result<u64, StoreError> {
        let mut reached = u64::MAX;
        for projection in Projection::ALL {
            let target = Target::live(projection);
            let mut step = self.projections.advance(target, lane).await?;
            while step.events > 0 {
                step = self.projections.advance(target, lane).await?;
            }
            // A swap takes the target away for a moment: then there is more to do at once.
            reached = reached.min(if step.exists { step.position } else { 0 });
        }
        Ok(reached)
    }

    /// Lets a reader see what was written before it asked, unless very much is missing.
    pub async fn catch_up_for_reader(&self, projection: Projection) -> Result<(), StoreError> {
        let Lag { control, content } = self.projections.lag(projection).await?;
        for (lane, lag) in [(Lane::Control, control), (Lane::Content, content)] {
            if lag > 0 {
                self.advance_a_little(Target::live(projection), lane).await?;
            }
        }
        Ok(())
    }

    async fn advance_a_little(&self, target: Target, lane: Lane) -> Result<(), StoreError> {
        for _ in 0..STEPS_FOR_A_READER {
            if self.projections.advance(target, lane).await?.events == 0 {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Reads some texts that have changed; returns how many.
    pub async fn refresh_texts(&self, target: Target) -> Result<usize, StoreError> {
        let stale = self.projections.stale_texts(target, TEXTS).await?;
        let mut texts = Vec::with_capacity(stale.len());
        let mut bytes = 0;
        for (document, seq) in stale {
            let text = self.text(document, seq).await?;
            bytes += text
                .iter()
                .filter_map(|text| text.text.as_ref().ok())
                .map(String::len)
                .sum::<usize>();
            texts.extend(text);
            if bytes > TEXT_BYTES {
                break;
            }
        }
        let read = texts.len();
        if read > 0 {
            self.projections.save_texts(target, texts).await?;
        }
        Ok(read)
    }

    /// `None` while this node has not heard of the seq yet.
    async fn text(&self, document: DocumentId, seq: u64) -> Result<Option<NoteText>, StoreError> {
        let text = match self.ports.reader.content(document, Some(seq)).await {
            Ok(Some(content)) => Ok(content.text),
            Ok(None) => return Ok(None),
            Err(StoreError::Corrupt(reason)) => Err(reason),
            Err(error) => return Err(error),
        };
        Ok(Some(NoteText { document, seq, text }))
    }

    /// Builds a projection anew from the whole log beside the live one, and puts it in its place.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when another rebuild of it was begun meanwhile.
    pub async fn rebuild(&self, projection: Projection, watch: Watch<'_>) -> Result<(), Refusal> {
        let build = self.projections.begin(projection).await?;
        let target = Target { projection, generation: Some(build.generation) };
        self.replay_control(target, watch).await?;
        self.replay_streams(target, &build.heads, watch).await?;
        watch(RebuildProgress::CatchingUp);
        self.catch_up_and_swap(target).await?;
        watch(RebuildProgress::Swapped);
        while self.projections.sweep(projection).await? {}
        Ok(())
    }

    async fn replay_control(&self, target: Target, watch: Watch<'_>) -> Result<(), Refusal> {
        let of = self.ports.events.position(Lane::Control).await?;
        loop {
            let Advance { events, position: done, exists } =
                self.projections.advance(target, Lane::Control).await?;
            watch(RebuildProgress::Facts { done, of });
            match (exists, events) {
                (false, _) => return Err(Refusal::Conflict),
                (true, 0) => return Ok(()),
                (true, _) => {}
            }
        }
    }

    /// Content is read stream by stream: the oldest of it may have left the table for the archive.
    async fn replay_streams(
        &self,
        target: Target,
        heads: &[(DocumentId, u64)],
        watch: Watch<'_>,
    ) -> Result<(), Refusal> {
        let mut edits = Vec::new();
        for (done, &(document, head)) in heads.iter().enumerate() {
            self.read_stream(target, document, head, &mut edits).await?;
            if edits.len() >= EDITS {
                self.projections.observe(target, std::mem::take(&mut edits)).await?;
                watch(RebuildProgress::Notes { done: done as u64, of: heads.len() as u64 });
            }
        }
        self.projections.observe(target, edits).await?;
        Ok(())
    }

    /// The edits of a stream up to its head, as many as the projection looks at.
    async fn read_stream(
        &self,
        target: Target,
        document: DocumentId,
        head: u64,
        edits: &mut Vec<Edit>,
    ) -> Result<(), Refusal> {
        let counts = target.projection.counts_updates();
        let mut read = if counts { 0 } else { head.saturating_sub(1) };
        while read < head {
            let page = self.ports.events.updates(document, read, READ_BYTES).await?.updates;
            let Some(last) = page.last() else { break };
            read = last.seq;
            let page = page.into_iter().filter(|update| update.seq <= head);
            edits.extend(page.map(|update| Edit {
                document,
                seq: update.seq,
                principal: update.principal,
                via: update.via,
                recorded_at: update.recorded_at,
            }));
            if edits.len() >= EDITS {
                self.projections.observe(target, std::mem::take(edits)).await?;
            }
        }
        Ok(())
    }

    async fn catch_up_and_swap(&self, target: Target) -> Result<(), Refusal> {
        loop {
            for lane in [Lane::Control, Lane::Content] {
                while self.projections.advance(target, lane).await?.events > 0 {}
            }
            while self.refresh_texts(target).await? > 0 {}
            match self.projections.swap(target).await? {
                Swap::Done => return Ok(()),
                Swap::Behind => {}
                Swap::Gone => return Err(Refusal::Conflict),
            }
        }
    }

    /// How all projections stand.
    pub async fn status(&self) -> Result<Vec<ProjectionStatus>, Refusal> {
        Ok(self.projections.status().await?)
    }
}
