use std::time::SystemTime;

use sticky_domain::port::Clock;
use sticky_domain::time::Timestamp;

/// The time of day.
pub(crate) struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
