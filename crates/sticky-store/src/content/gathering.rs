//! What goes into one commit: what comes until it is due, and then what those have gathered who waited for their turn.

use std::convert::Infallible;
use std::time::Duration;

use sticky_domain::port::Turn;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::{Batch, Submission};

/// Whoever has not used their turn when nobody has for so long is not waited for.
const LATE: Duration = Duration::from_millis(3);

/// What is asked of the writer.
pub(super) enum Ask {
    Record(Submission),
    Turn(oneshot::Sender<Turn>),
}

pub(super) struct Gathering {
    asks: mpsc::Receiver<Ask>,
    turns: Vec<oneshot::Sender<Turn>>,
    /// What the last batch had no room for.
    left: Option<Submission>,
}

impl Gathering {
    pub(super) fn new(asks: mpsc::Receiver<Ask>) -> Self {
        Self { asks, turns: Vec::new(), left: None }
    }

    /// What is to be committed at `due`, or before when it is much. `None` once nobody can ask any more.
    pub(super) async fn next(&mut self, due: Instant) -> Option<Batch> {
        let mut batch = Batch::default();
        self.left.take().into_iter().for_each(|left| self.add(&mut batch, Ask::Record(left)));
        while batch.is_empty() {
            if self.turns.is_empty() {
                let first = self.asks.recv().await?;
                self.add(&mut batch, first);
            }
            self.gather(&mut batch, due).await;
            if batch.is_empty() || due <= Instant::now() {
                self.give_turns(&mut batch).await;
            }
        }
        Some(batch)
    }

    fn add(&mut self, batch: &mut Batch, ask: Ask) {
        match ask {
            Ask::Turn(turn) => self.turns.push(turn),
            Ask::Record(submission) => self.left = batch.take(submission).err(),
        }
    }

    /// Takes what is queued, else what comes until `due`, unless the batch is worth a commit already.
    async fn gather(&mut self, batch: &mut Batch, due: Instant) {
        while self.left.is_none() {
            let next = match self.asks.try_recv() {
                Ok(ask) => Some(ask),
                Err(_) if batch.is_worth_a_commit() => None,
                Err(_) => timeout_at(due, self.asks.recv()).await.ok().flatten(),
            };
            match next {
                Some(ask) => self.add(batch, ask),
                None => return,
            }
        }
    }

    /// Tells those who wait that it is their turn, and takes what they submit, until all have. What a full batch has no room
    /// for goes into the next: nobody may be kept from their turn by those who wait for none.
    async fn give_turns(&mut self, batch: &mut Batch) {
        if self.turns.is_empty() {
            return;
        }
        let (held, mut freed) = mpsc::channel::<Infallible>(1);
        for turn in self.turns.drain(..) {
            // Who does not wait any more frees it at once.
            let _ = turn.send(Turn::Held(Box::new(held.clone())));
        }
        drop(held);
        while self.left.is_none() {
            let next = tokio::select! {
                biased;
                ask = self.asks.recv() => ask,
                _ = freed.recv() => None,
                () = tokio::time::sleep(LATE) => None,
            };
            match next {
                Some(ask) => self.add(batch, ask),
                None => return,
            }
        }
    }
}
