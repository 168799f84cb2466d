//! Deleting for good what has been in the trash for long enough, beside serving.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::people::OPERATOR;

/// How often the trash is looked through.
const INTERVAL: Duration = Duration::from_secs(10 * 60);

/// Looks through the trash until the process stops; `None` when everything stays there. Any number of nodes may.
pub fn start(app: &App) -> Option<JoinHandle<()>> {
    let keep = app.config.trash_keep?;
    let app = app.clone();
    Some(tokio::spawn(async move {
        let mut tick = tokio::time::interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = app.lifecycle.stopping() => return,
            }
            match app.documents.purge_old(OPERATOR, app.clock.now().minus(keep)).await {
                Ok(0) => {}
                Ok(purged) => tracing::info!(
                    purged,
                    "notes were deleted for good after their time in the trash"
                ),
                Err(error) => tracing::warn!(%error, "the trash could not be looked through"),
            }
        }
    }))
}
