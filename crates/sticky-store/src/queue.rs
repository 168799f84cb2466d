use std::sync::{Mutex, PoisonError};

use sticky_domain::port::StoreError;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What waits for the one task that writes it.
pub(crate) struct Queue<T> {
    /// Gone once the queue is closed: the task ends when it has written what was sent before.
    sender: Mutex<Option<mpsc::Sender<T>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl<T: Send + 'static> Queue<T> {
    /// A queue of at most `capacity`, written by `run`.
    pub(crate) fn start<F>(capacity: usize, run: impl FnOnce(mpsc::Receiver<T>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(capacity);
        let task = tokio::spawn(run(receiver));
        Self { sender: Mutex::new(Some(sender)), task: Mutex::new(Some(task)) }
    }

    /// Waits for a place in the queue.
    pub(crate) async fn send(&self, item: T) -> Result<(), StoreError> {
        let sender = locked(&self.sender).clone().ok_or_else(closed)?;
        sender.send(item).await.map_err(|_| closed())
    }

    /// Takes nothing more, and returns once all that it took has been written or refused.
    pub(crate) async fn close(&self) {
        drop(locked(&self.sender).take());
        let task = locked(&self.task).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "a writer ended badly");
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why nothing is written any more.
pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("the store has been closed".to_owned())
}
