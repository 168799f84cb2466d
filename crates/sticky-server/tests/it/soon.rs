//! What is to happen within a second, on machines that are busy with something else, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

const TICK: Duration = Duration::from_millis(10);
const A_SECOND: u32 = 100;

/// A second that passes no faster than time, and stands still while this process does not get its turn: what is late has
/// been waited for, not been held up.
pub(crate) struct Soon {
    ticks: Arc<AtomicU32>,
    ticking: JoinHandle<()>,
}

impl Soon {
    /// It begins now.
    pub(crate) fn from_now() -> Self {
        let ticks = Arc::new(AtomicU32::new(0));
        let ticking = tokio::spawn(tick(Arc::clone(&ticks)));
        Self { ticks, ticking }
    }

    /// What has just happened was in time.
    pub(crate) fn held(&self, what: &str) {
        let ticks = self.ticks.load(Ordering::Relaxed);
        assert!(ticks < A_SECOND, "{what}: {:?}", TICK * ticks);
    }
}

impl Drop for Soon {
    fn drop(&mut self) {
        self.ticking.abort();
    }
}

async fn tick(ticks: Arc<AtomicU32>) {
    let mut ticker = interval(TICK);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticker.tick().await;
        ticks.fetch_add(1, Ordering::Relaxed);
    }
}
