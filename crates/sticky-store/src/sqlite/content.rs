//! Updates into a commit. What the last one left is remembered, and one hop to the database's thread writes the next, unless
//! somebody else has written since: then it takes one hop that begins and reads, and one that writes.

mod memory;
mod statements;

use std::sync::Arc;

use async_trait::async_trait;
use sticky_domain::port::{Clock, StoreError};
use sticky_domain::time::Timestamp;

use super::pen::Pen;
use super::readers::Writer;
use crate::content::{Batch, Committed, Question, Recorder, Verdicts};
use memory::Memory;
use statements::{Read, Statements};

/// Records on the connection that all writes share.
pub(super) struct ContentRecorder {
    writer: Writer,
    statements: Statements,
    memory: Memory,
}

impl ContentRecorder {
    pub(super) fn new(writer: Writer) -> Self {
        Self { writer, statements: Statements::default(), memory: Memory::default() }
    }

    /// Decides by what is remembered. `None` when that does not do: it has to be read.
    async fn by_memory(
        &mut self,
        batch: &Batch,
        question: &Question,
        pen: &mut Pen,
        now: Timestamp,
    ) -> Option<Committed> {
        let Read { standing, version } = self.memory.recall(question, pen.uses())?;
        let verdicts = batch.judge(standing, now);
        if !verdicts.are_all_records() {
            return None;
        }
        match self.statements.write_unless_changed(pen, &verdicts, now, version).await {
            Ok(true) => Some(self.committed(verdicts, version, pen)),
            Ok(false) => None,
            // Such as an operation that is recorded already.
            Err(error) => {
                tracing::debug!(%error, "a commit from memory failed");
                self.statements.rollback(pen).await;
                None
            }
        }
    }

    /// Reads, decides and writes in one transaction: a bad update is refused before it can spoil the others' statement.
    async fn by_reading(
        &mut self,
        batch: &Batch,
        question: &Question,
        pen: &mut Pen,
        now: Timestamp,
    ) -> Result<Committed, StoreError> {
        let uses = pen.uses();
        let read = self.statements.begin_and_read(pen, question).await?;
        let Read { standing, version } = self.memory.complete(read, uses);
        let verdicts = batch.judge(standing, now);
        if verdicts.records().is_empty() {
            self.statements.rollback(pen).await;
        } else {
            self.statements.write_and_commit(pen, &verdicts, now).await?;
        }
        Ok(self.committed(verdicts, version, pen))
    }

    fn committed(&mut self, verdicts: Verdicts, version: i64, pen: &Pen) -> Committed {
        let position = verdicts.position();
        let (answers, standing) = verdicts.into_parts();
        self.memory.keep(standing, version, pen.uses());
        Committed { position, answers }
    }
}

#[async_trait]
impl Recorder for ContentRecorder {
    async fn commit(&mut self, batch: &Batch, clock: &dyn Clock) -> Result<Committed, StoreError> {
        let writer = Arc::clone(&self.writer);
        let pen = &mut *writer.lock().await;
        let (question, now) = (batch.question(), clock.now());
        if let Some(committed) = self.by_memory(batch, &question, pen, now).await {
            return Ok(committed);
        }
        let committed = self.by_reading(batch, &question, pen, now).await;
        if committed.is_err() {
            self.statements.rollback(pen).await;
        }
        committed
    }
}
