use std::collections::BTreeSet;

use sticky_domain::fence::RightKey;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{NewUpdate, StoreError, Turn};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::verdicts::{Standing, Verdicts};
use super::{Answers, MAX_BYTES, MAX_EVENTS, Submission, failed};

/// What goes into one commit.
#[derive(Default)]
pub(crate) struct Batch {
    submissions: Vec<Submission>,
    events: usize,
    bytes: usize,
    at_once: bool,
}

/// What a batch needs to know before it is decided.
pub(crate) struct Question {
    /// Documents that are written, or that rights rest on, in order.
    pub(crate) documents: Vec<Uuid>,
    /// Other keys that rights rest on, in order.
    pub(crate) keys: Vec<(i16, Uuid)>,
    pub(crate) ops: Vec<(Uuid, [u8; 16])>,
}

impl Batch {
    /// Takes one more, or gives it back when the batch is full.
    pub(super) fn take(&mut self, next: Submission) -> Result<(), Submission> {
        let (events, bytes) = (self.events + next.updates.len(), self.bytes + next.bytes());
        if !self.is_empty() && (events > MAX_EVENTS || bytes > MAX_BYTES) {
            return Err(next);
        }
        (self.events, self.bytes) = (events, bytes);
        self.at_once |= next.at_once;
        self.submissions.push(next);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.submissions.is_empty()
    }

    /// Whether it need not wait for more.
    pub(super) fn is_worth_a_commit(&self) -> bool {
        self.at_once || self.bytes >= Turn::WORTH_A_COMMIT
    }

    /// The updates, each with its document, in the order of their answers.
    pub(crate) fn updates(&self) -> impl Iterator<Item = (DocumentId, &NewUpdate)> {
        self.submissions.iter().flat_map(|submission| {
            submission.updates.iter().map(|update| (submission.document, update))
        })
    }

    /// Decides each update by how things stand inside the transaction.
    pub(crate) fn judge(&self, standing: Standing, now: Timestamp) -> Verdicts {
        let mut verdicts = Verdicts::new(standing, now);
        for (document, update) in self.updates() {
            verdicts.judge(document, update);
        }
        verdicts
    }

    pub(crate) fn question(&self) -> Question {
        let mut documents = BTreeSet::new();
        let mut keys = BTreeSet::new();
        let mut ops = Vec::with_capacity(self.events);
        for (document, update) in self.updates() {
            documents.insert(document.0);
            ops.push((document.0, update.op.0));
            for key in &update.fence {
                match key.key {
                    RightKey::Document(document) => documents.insert(document.0),
                    other => keys.insert(other.parts()),
                };
            }
        }
        Question {
            documents: documents.into_iter().collect(),
            keys: keys.into_iter().collect(),
            ops,
        }
    }

    /// Tells each submitter what became of its updates.
    pub(super) fn answer(self, answers: Result<Answers, StoreError>) {
        let mut answers = answers.map(IntoIterator::into_iter);
        for submission in self.submissions {
            let count = submission.updates.len();
            let own = match &mut answers {
                Ok(answers) => answers.by_ref().take(count).collect(),
                Err(error) => failed(count, error),
            };
            // Nobody waits any more: the log has it, and a repeat finds it there.
            let _ = submission.reply.send(own);
        }
    }
}
