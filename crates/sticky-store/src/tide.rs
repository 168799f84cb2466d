use std::sync::Arc;
use std::time::Duration;

use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;
use tokio::sync::watch;

/// How often the appends of other processes are looked for.
const POLL: Duration = Duration::from_millis(500);

/// How far each lane is known to have grown: by this process at once, by others when someone looks.
#[derive(Debug, Clone)]
pub(crate) struct Tide {
    lanes: Arc<[watch::Sender<u64>; 2]>,
}

impl Tide {
    pub(crate) fn new() -> Self {
        Self { lanes: Arc::new([watch::Sender::new(0), watch::Sender::new(0)]) }
    }

    /// The lane has reached `position`, durably.
    pub(crate) fn rise(&self, lane: Lane, position: u64) {
        self.sender(lane).send_if_modified(|known| {
            let higher = position > *known;
            *known = position.max(*known);
            higher
        });
    }

    /// How far the lane is known to have grown.
    pub(crate) fn known(&self, lane: Lane) -> u64 {
        *self.sender(lane).borrow()
    }

    /// Returns once the lane has grown beyond `beyond`; `look` finds what other processes appended.
    pub(crate) async fn wait_beyond<F>(&self, lane: Lane, beyond: u64, look: impl Fn() -> F)
    where
        F: Future<Output = Result<u64, StoreError>>,
    {
        let mut known = self.sender(lane).subscribe();
        while *known.borrow_and_update() <= beyond {
            if tokio::time::timeout(POLL, known.changed()).await.is_ok() {
                continue;
            }
            match look().await {
                Ok(position) => self.rise(lane, position),
                Err(error) => tracing::warn!(%error, "cannot look for new events"),
            }
        }
    }

    fn sender(&self, lane: Lane) -> &watch::Sender<u64> {
        match lane {
            Lane::Control => &self.lanes[0],
            Lane::Content => &self.lanes[1],
        }
    }
}
