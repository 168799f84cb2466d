//! From the signal to stop until the process is gone.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// Whether the process still takes new work.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    stopping: watch::Sender<bool>,
    sockets: TaskTracker,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { stopping: watch::Sender::new(false), sockets: TaskTracker::new() }
    }
}

impl Lifecycle {
    /// Begins to stop: `/readyz` says so from now on.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
        self.sockets.close();
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// The open sockets, which a stop waits for.
    pub fn sockets(&self) -> &TaskTracker {
        &self.sockets
    }

    /// Returns once the process has begun to stop.
    pub async fn stopping(&self) {
        // Fails only when the sender is gone, and `self` holds it.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Stops at SIGTERM or Ctrl-C. A second one ends the process at once, for those who cannot wait.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub fn stop_at_signals(&self) -> io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let lifecycle = self.clone();
        tokio::spawn(async move {
            for attempt in 0.. {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if attempt > 0 {
                    std::process::exit(130);
                }
                tracing::info!("stopping: asking everyone to reconnect");
                lifecycle.stop();
            }
        });
        Ok(())
    }
}

/// Runs `work`, but no longer than `limit`.
pub(crate) async fn within(limit: Duration, what: &str, work: impl Future<Output = ()>) {
    if tokio::time::timeout(limit, work).await.is_err() {
        tracing::warn!("gave up waiting for {what}");
    }
}
