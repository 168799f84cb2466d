use std::time::Duration;

/// When history leaves the log's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// As soon as so many bytes of a note may leave, they do.
    pub bytes: u64,
    /// Less than that leaves after waiting so long.
    pub after: Duration,
    /// The newest events of a note never leave: a repeated operation is recognised among them.
    pub hot_events: u64,
    /// Nor do those that are younger than this.
    pub hot_for: Duration,
    /// What was archived so long ago is removed for good; `None` keeps everything.
    pub prune_after: Option<Duration>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            after: Duration::from_secs(60 * 60),
            hot_events: 1_000,
            hot_for: Duration::from_secs(24 * 60 * 60),
            prune_after: None,
        }
    }
}
