use crate::time::Timestamp;

/// The time of day. May jump; nothing is ordered by it.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}
