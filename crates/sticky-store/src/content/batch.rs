use std::collections::{BTreeSet, HashSet};

use sqlx::sqlite::SqliteConnection;
use sticky_domain::fence::RightKey;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::statements::Statements;
use super::verdicts::{Standing, Verdicts};
use super::{MAX_BYTES, MAX_EVENTS, Submission, failed};

/// What goes into one commit.
pub(super) struct Batch {
    submissions: Vec<Submission>,
    events: usize,
    bytes: usize,
}

/// What a batch needs to know before it is decided.
pub(super) struct Question {
    /// Documents that are written, or that rights rest on.
    pub(super) documents: Vec<Uuid>,
    /// Other keys that rights rest on.
    pub(super) keys: Vec<(i16, Uuid)>,
    pub(super) ops: Vec<(Uuid, [u8; 16])>,
}

impl Batch {
    pub(super) fn new(first: Submission) -> Self {
        Self { events: first.updates.len(), bytes: first.bytes(), submissions: vec![first] }
    }

    /// Takes one more, or gives it back when the batch is full.
    pub(super) fn take(&mut self, next: Submission) -> Result<(), Submission> {
        let (events, bytes) = (self.events + next.updates.len(), self.bytes + next.bytes());
        if events > MAX_EVENTS || bytes > MAX_BYTES {
            return Err(next);
        }
        (self.events, self.bytes) = (events, bytes);
        self.submissions.push(next);
        Ok(())
    }

    /// Reads, decides and writes in one transaction: a bad update is refused before it can spoil the others' statement.
    pub(super) async fn commit(
        &self,
        connection: &mut SqliteConnection,
        statements: &mut Statements,
        now: Timestamp,
    ) -> Result<Verdicts, StoreError> {
        let committed = self.try_commit(connection, statements, now).await;
        if committed.is_err() {
            statements.rollback(connection).await;
        }
        committed
    }

    async fn try_commit(
        &self,
        connection: &mut SqliteConnection,
        statements: &mut Statements,
        now: Timestamp,
    ) -> Result<Verdicts, StoreError> {
        let standing = statements.begin_and_read(connection, &self.question()).await?;
        let verdicts = self.judge(standing, now);
        if verdicts.records().is_empty() {
            statements.rollback(connection).await;
        } else {
            statements.write_and_commit(connection, &verdicts, now).await?;
        }
        Ok(verdicts)
    }

    fn judge(&self, standing: Standing, now: Timestamp) -> Verdicts {
        let mut verdicts = Verdicts::new(standing, now);
        for submission in &self.submissions {
            for update in &submission.updates {
                verdicts.judge(submission.document, update);
            }
        }
        verdicts
    }

    fn question(&self) -> Question {
        let mut documents = BTreeSet::new();
        let mut keys = HashSet::new();
        let mut ops = Vec::with_capacity(self.events);
        for submission in &self.submissions {
            documents.insert(submission.document.0);
            for update in &submission.updates {
                ops.push((submission.document.0, update.op.0));
                for key in &update.fence {
                    match key.key {
                        RightKey::Document(document) => documents.insert(document.0),
                        other => keys.insert(other.parts()),
                    };
                }
            }
        }
        Question {
            documents: documents.into_iter().collect(),
            keys: keys.into_iter().collect(),
            ops,
        }
    }

    /// Tells each submitter what became of its updates.
    pub(super) fn answer(self, committed: Result<Verdicts, StoreError>) {
        let mut answers = committed.map(|verdicts| verdicts.into_answers().into_iter());
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
