//! Token buckets: how long a session that sends too fast is not read.

use std::time::{Duration, Instant};

use crate::settings::Rate;

/// The allowance of one session. It may go into debt by one frame and then waits until that is paid.
#[derive(Debug)]
pub(crate) struct Bucket {
    rate: Rate,
    frames: f64,
    bytes: f64,
    filled_at: Instant,
}

impl Bucket {
    pub(crate) fn full(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            frames: f64::from(rate.frames_burst),
            bytes: f64::from(rate.bytes_burst),
            filled_at: now,
        }
    }

    /// Takes a frame of `bytes` and tells how long to wait before the next is read.
    pub(crate) fn take(&mut self, bytes: usize, now: Instant) -> Duration {
        self.fill(now);
        self.frames -= 1.0;
        self.bytes -= bytes as f64;
        let frames = debt(self.frames, self.rate.frames_per_second);
        frames.max(debt(self.bytes, self.rate.bytes_per_second))
    }

    fn fill(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.filled_at = now;
        self.frames = (self.frames + seconds * f64::from(self.rate.frames_per_second))
            .min(self.rate.frames_burst.into());
        self.bytes = (self.bytes + seconds * f64::from(self.rate.bytes_per_second))
            .min(self.rate.bytes_burst.into());
    }
}

fn debt(level: f64, per_second: u32) -> Duration {
    Duration::from_secs_f64((-level).max(0.0) / f64::from(per_second.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_what_is_above_waits() {
        let rate = Rate {
            frames_per_second: 10,
            frames_burst: 5,
            bytes_per_second: 1_000,
            bytes_burst: 1_000,
        };
        let start = Instant::now();
        let mut bucket = Bucket::full(rate, start);
        for _ in 0..5 {
            assert_eq!(bucket.take(1, start), Duration::ZERO);
        }
        assert_eq!(bucket.take(1, start), Duration::from_millis(100));
        assert_eq!(
            bucket.take(1, start + Duration::from_secs(1)),
            Duration::ZERO,
            "a second later there is room again"
        );
        assert_eq!(
            bucket.take(1_999, start + Duration::from_secs(1)),
            Duration::from_secs(1),
            "bytes wait likewise"
        );
    }
}
