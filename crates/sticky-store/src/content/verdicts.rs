use std::collections::HashMap;

use bytes::Bytes;
use sticky_domain::fence::RightKey;
use sticky_domain::id::DocumentId;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{NewUpdate, RecordError, Recorded};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::{Answers, Question};
use crate::fence::Fence;

/// The lane and the documents as they stand inside the transaction.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// The lane's newest position.
    pub(crate) position: u64,
    pub(crate) heads: HashMap<Uuid, u64>,
    pub(crate) fence: Fence,
    /// What is recorded already under the batch's op keys.
    pub(crate) known: HashMap<(Uuid, OpKey), Known>,
}

impl Standing {
    /// Whether everything that a batch rests on is in here.
    pub(crate) fn covers(&self, question: &Question) -> bool {
        question.documents.iter().all(|document| self.heads.contains_key(document))
            && question.keys.iter().all(|key| self.fence.holds(*key))
    }

    /// The documents and keys in here.
    pub(crate) fn size(&self) -> usize {
        self.heads.len() + self.fence.size()
    }

    /// The same with what a later look has found.
    pub(crate) fn updated(mut self, later: Self) -> Self {
        self.heads.extend(later.heads);
        self.fence.update(later.fence);
        Self { position: later.position, known: later.known, ..self }
    }
}

#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) seq: u64,
    pub(crate) bytes: Bytes,
}

/// An update that will be recorded.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) document: Uuid,
    pub(crate) seq: u64,
    pub(crate) position: u64,
    pub(crate) update: NewUpdate,
}

/// What becomes of each update of a batch, decided in order.
#[derive(Debug)]
pub(crate) struct Verdicts {
    standing: Standing,
    now: Timestamp,
    records: Vec<Record>,
    answers: Answers,
}

impl Verdicts {
    pub(crate) fn new(standing: Standing, now: Timestamp) -> Self {
        Self { standing, now, records: Vec::new(), answers: Vec::new() }
    }

    pub(crate) fn judge(&mut self, document: DocumentId, update: &NewUpdate) {
        let answer = self.verdict(document, update);
        self.answers.push(answer);
    }

    /// A repeat is answered even when the right has lapsed since: it has happened.
    fn verdict(
        &mut self,
        document: DocumentId,
        update: &NewUpdate,
    ) -> Result<Recorded, RecordError> {
        if let Some(known) = self.standing.known.get(&(document.0, update.op)) {
            return repeat(known, update);
        }
        let Some(head) = self.standing.heads.get_mut(&document.0) else {
            return Err(RecordError::Lapsed(RightKey::Document(document)));
        };
        if let Some(key) = self.standing.fence.lapsed(&update.fence, self.now) {
            return Err(RecordError::Lapsed(key));
        }
        *head += 1;
        let seq = *head;
        self.record(document.0, seq, update);
        Ok(Recorded { seq, repeated: false })
    }

    fn record(&mut self, document: Uuid, seq: u64, update: &NewUpdate) {
        self.standing.position += 1;
        let known = Known { seq, bytes: update.bytes.clone() };
        self.standing.known.insert((document, update.op), known);
        self.records.push(Record {
            document,
            seq,
            position: self.standing.position,
            update: update.clone(),
        });
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// The lane's position once this is committed.
    pub(crate) fn position(&self) -> u64 {
        self.standing.position
    }

    /// The new heads of the documents that are written.
    pub(crate) fn heads(&self) -> HashMap<Uuid, u64> {
        self.records.iter().map(|record| (record.document, record.seq)).collect()
    }

    /// Whether every update is recorded anew: none is a repeat, and no right has lapsed.
    pub(crate) fn are_all_records(&self) -> bool {
        self.records.len() == self.answers.len()
    }

    pub(crate) fn into_answers(self) -> Answers {
        self.answers
    }

    /// The answers, and how things stand once this is committed.
    pub(crate) fn into_parts(self) -> (Answers, Standing) {
        (self.answers, Standing { known: HashMap::new(), ..self.standing })
    }
}

fn repeat(known: &Known, update: &NewUpdate) -> Result<Recorded, RecordError> {
    if known.bytes == update.bytes {
        Ok(Recorded { seq: known.seq, repeated: true })
    } else {
        Err(RecordError::OpConflict)
    }
}
