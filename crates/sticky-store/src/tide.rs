use std::sync::Arc;

use sticky_domain::stream::Lane;
use tokio::sync::watch;

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

    pub(crate) fn watch(&self, lane: Lane) -> watch::Receiver<u64> {
        self.sender(lane).subscribe()
    }

    fn sender(&self, lane: Lane) -> &watch::Sender<u64> {
        match lane {
            Lane::Control => &self.lanes[0],
            Lane::Content => &self.lanes[1],
        }
    }
}
