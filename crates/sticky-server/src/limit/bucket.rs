use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use super::{Exceeded, RequestRate};

/// The most buckets of a kind. Whose is thrown out starts with a full one.
const MOST: u64 = 100_000;

/// Token buckets by key. Each is one number: until when its caller has used up what flows in.
#[derive(Debug)]
pub(super) struct Buckets<K: Hash + Eq + Send + Sync + 'static> {
    used_up: Cache<K, Arc<AtomicU64>>,
    /// What flows in as one token, in nanoseconds.
    interval: u64,
    /// How far ahead a caller may be.
    ahead: u64,
}

impl<K: Hash + Eq + Send + Sync + 'static> Buckets<K> {
    pub(super) fn new(rate: RequestRate) -> Self {
        let interval = nanos(Duration::from_secs(1)) / u64::from(rate.per_second);
        let ahead = interval.saturating_mul(u64::from(rate.burst));
        // A bucket that nobody has touched for so long is full, and so is one that is made anew.
        let idle = Duration::from_nanos(ahead) + Duration::from_secs(1);
        Self {
            used_up: Cache::builder().max_capacity(MOST).time_to_idle(idle).build(),
            interval,
            ahead,
        }
    }

    /// Takes `cost` tokens, or none if there are not as many; `now` is the time since the process began. What costs more
    /// than a full bucket costs a full bucket.
    pub(super) fn take(&self, key: K, cost: u32, now: Duration) -> Result<(), Exceeded> {
        let used_up = self.used_up.get_with(key, Arc::default);
        let cost = self.interval.saturating_mul(u64::from(cost)).min(self.ahead);
        let limit = nanos(now).saturating_add(self.ahead);
        let after = |used: u64| used.max(nanos(now)).saturating_add(cost);
        let taken = used_up.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            Some(after(used)).filter(|after| *after <= limit)
        });
        taken.map(drop).map_err(|used| Exceeded(Duration::from_nanos(after(used) - limit)))
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(100);

    fn at(millis: u64) -> Duration {
        START + Duration::from_millis(millis)
    }

    #[test]
    fn a_burst_is_free_and_then_it_flows() {
        let buckets = Buckets::new(RequestRate { per_second: 10, burst: 5 });
        for _ in 0..5 {
            assert_eq!(buckets.take("ana", 1, at(0)), Ok(()));
        }
        assert_eq!(buckets.take("ana", 1, at(0)), Err(Exceeded(Duration::from_millis(100))));
        assert_eq!(buckets.take("ben", 5, at(0)), Ok(()), "everyone has their own");
        assert_eq!(buckets.take("ana", 3, at(100)), Err(Exceeded(Duration::from_millis(200))));
        assert_eq!(buckets.take("ana", 1, at(100)), Ok(()), "what is refused takes nothing");
        assert_eq!(buckets.take("ana", 5, at(600)), Ok(()));
        assert_eq!(buckets.take("ana", 9, at(1_100)), Ok(()), "no more than all there can be");
    }
}
