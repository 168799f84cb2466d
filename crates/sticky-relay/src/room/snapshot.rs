use std::time::{Duration, Instant};

use bytes::Bytes;
use sticky_domain::port::Snapshot;
use sticky_domain::time::Timestamp;

use super::core::{Core, Effect};
use super::presence::nothing_new;
use super::session::Session;

/// A session that was sent nothing for so long gets an empty presence frame.
const QUIET: Duration = Duration::from_secs(20);
/// The tail is compacted early when it is larger than this.
const MAX_TAIL_BYTES: usize = 128 << 10;

/// When the next base is due.
#[derive(Debug)]
pub(super) struct Schedule {
    last_seq: u64,
    last_at: Instant,
    compacting: bool,
    /// The head at which no base could be made, and when.
    failed: Option<(u64, Instant)>,
}

impl Schedule {
    pub(super) fn new(seq: u64, now: Instant) -> Self {
        Self { last_seq: seq, last_at: now, compacting: false, failed: None }
    }
}

impl Core {
    /// Starts making a base when enough updates, bytes or time have gone by.
    pub(super) fn maybe_compact(&mut self, now: Instant) {
        let new = self.state.head() - self.snapshots.last_seq;
        let long_ago = now.saturating_duration_since(self.snapshots.last_at)
            >= self.settings.snapshot_interval;
        if new >= self.settings.snapshot_updates
            || self.state.tail_bytes > MAX_TAIL_BYTES
            || (new > 0 && long_ago)
        {
            self.compact(now);
        }
    }

    /// Starts making a base of everything recorded; false when there is nothing to do or it is being done.
    pub(crate) fn compact(&mut self, now: Instant) -> bool {
        if self.snapshots.compacting || self.state.tail.is_empty() || self.has_failed_lately(now) {
            return false;
        }
        self.snapshots.compacting = true;
        self.snapshots.last_seq = self.state.head();
        self.snapshots.last_at = now;
        let (base, tail, seq) =
            (self.state.base.clone(), self.state.tail.clone(), self.state.head());
        self.effects.push(Effect::Compact { base, tail, seq });
        true
    }

    /// What could not be compacted is not tried again before it changes, nor all the time when it does.
    fn has_failed_lately(&self, now: Instant) -> bool {
        self.snapshots.failed.is_some_and(|(head, at)| {
            head == self.state.head()
                || now.saturating_duration_since(at) < self.settings.snapshot_interval
        })
    }

    /// A verified base of everything up to `seq`; `None` when it could not be made: everything stays as it is.
    pub(crate) fn compacted(&mut self, base: Option<Bytes>, seq: u64, now: Instant) {
        let Some(body) = base else {
            self.snapshots.compacting = false;
            self.snapshots.failed = Some((seq, now));
            return;
        };
        self.snapshots.failed = None;
        self.state.rebase(body.clone(), seq);
        self.effects.push(Effect::Save(Snapshot {
            seq,
            body,
            owners: self.state.owners.to_stored(),
        }));
    }

    /// The snapshot is stored, or could not be: the log has everything either way.
    pub(crate) fn snapshot_saved(&mut self) {
        self.snapshots.compacting = false;
    }

    /// Whether a base is being made or stored.
    pub(crate) fn is_compacting(&self) -> bool {
        self.snapshots.compacting
    }

    /// What time brings: bases, late answers, keep-alives, questions that were not answered, rights that have expired.
    pub(crate) fn tick(&mut self, wall: Timestamp, now: Instant) {
        self.maybe_compact(now);
        self.answer_late_questions(now);
        for session in self.sessions.values_mut() {
            if now.saturating_duration_since(session.sent_at) >= QUIET {
                session.sent_at = now;
                session.outbox.presence(nothing_new());
            }
        }
        for key in self.keys_where(Session::lacks_something) {
            self.ask_to_fill(key, now);
        }
        self.end_what_is_over(wall);
    }
}
