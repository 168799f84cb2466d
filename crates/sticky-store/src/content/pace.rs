//! When commits begin.

use std::time::Duration;

use tokio::time::Instant;

/// Under load, commits of little begin so far apart, and what comes in between shares one.
const PACE: Duration = Duration::from_millis(50);
/// Time that was not needed is saved up to this: a few commits after a pause do not wait.
const SAVED: Duration = Duration::from_millis(3 * 50);

/// When the next commit is due, after one that was due at `due` begins. One that begins before, because it is worth its
/// sync, puts nothing off.
pub(super) fn after(due: Instant, now: Instant) -> Instant {
    if now < due { due } else { due.max(now - SAVED) + PACE }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    /// When commits begin, in paces after a pause, when there is always something to commit.
    fn beginnings(count: usize) -> Vec<u32> {
        let start = Instant::now() + HOUR;
        let (mut due, mut now) = (start - HOUR, start);
        let begin = |_| {
            now = now.max(due);
            due = after(due, now);
            (now - start).div_duration_f64(PACE) as u32
        };
        (0..count).map(begin).collect()
    }

    #[test]
    fn a_few_commits_after_a_pause_do_not_wait_and_the_others_keep_the_pace() {
        assert_eq!(beginnings(7), [0, 0, 0, 0, 1, 2, 3]);
    }

    #[test]
    fn commits_that_wait_for_nothing_put_nothing_off() {
        let due = Instant::now() + HOUR;
        let before = (1..1_000).map(|early| due - Duration::from_millis(early));
        assert_eq!(before.fold(due, after), due);
    }
}
