use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

/// When one writer sent each of its characters.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) client: u64,
    epoch: Instant,
    /// Nanoseconds after the epoch, by clock.
    sent: Vec<AtomicU64>,
    count: AtomicU64,
}

impl Journal {
    pub(super) fn new(client: u64, capacity: usize) -> Self {
        let sent = std::iter::repeat_with(AtomicU64::default).take(capacity).collect();
        Self { client, epoch: Instant::now(), sent, count: AtomicU64::new(0) }
    }

    /// Whether the book is full.
    pub(super) fn is_full(&self, clock: u32) -> bool {
        clock as usize >= self.sent.len()
    }

    /// The character at `clock` leaves now.
    pub(super) fn note(&self, clock: u32) {
        self.sent[clock as usize].store(self.epoch.elapsed().as_nanos() as u64, Ordering::Relaxed);
        self.count.store(u64::from(clock) + 1, Ordering::Release);
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Nanoseconds since the character at `clock` left.
    pub(super) fn age(&self, clock: u32, now: Instant) -> u64 {
        let sent = self.sent[clock as usize].load(Ordering::Relaxed);
        ((now - self.epoch).as_nanos() as u64).saturating_sub(sent)
    }
}
