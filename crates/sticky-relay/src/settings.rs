//! What can be configured about rooms.

use std::time::Duration;

/// How rooms behave. The defaults are DESIGN's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// A snapshot is made every so many recorded updates.
    pub snapshot_updates: u64,
    /// And after so long of activity.
    pub snapshot_interval: Duration,
    /// A room without a connection leaves memory after this.
    pub unload_after: Duration,
    /// The largest document: bytes of compacted base and tail.
    pub document_bytes: usize,
    /// How fast one session may send; `None` is unlimited.
    pub rate: Option<Rate>,
    /// Clients spread their reconnects over this.
    pub reconnect_jitter: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            snapshot_updates: 200,
            snapshot_interval: Duration::from_secs(60),
            unload_after: Duration::from_secs(30),
            document_bytes: 4 << 20,
            rate: Some(Rate::default()),
            reconnect_jitter: Duration::from_secs(2),
        }
    }
}

/// A token bucket for frames and one for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub frames_per_second: u32,
    pub frames_burst: u32,
    pub bytes_per_second: u32,
    pub bytes_burst: u32,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            frames_per_second: 200,
            frames_burst: 2_000,
            bytes_per_second: 256 << 10,
            bytes_burst: 4 << 20,
        }
    }
}
