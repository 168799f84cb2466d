use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::batch::Pending;
use crate::outbox::OutboxSender;
use crate::seat::Seat;

/// Names a session within its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionKey(pub(crate) u64);

/// Room in the mailbox for a frame that is not settled yet; given back when dropped.
#[derive(Debug, Default)]
pub(crate) struct Credit {
    _permits: Option<[OwnedSemaphorePermit; 2]>,
}

impl Credit {
    pub(crate) fn of(document: OwnedSemaphorePermit, node: OwnedSemaphorePermit) -> Self {
        Self { _permits: Some([document, node]) }
    }
}

/// A client's frame on its way.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    pub(crate) credit: Credit,
}

/// The batch that never comes: frames behind a gap wait for the client's step 2.
pub(super) const NEVER: u64 = u64::MAX;

/// One live connection in a room.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) seat: Seat,
    pub(super) outbox: OutboxSender,
    pub(super) pending: Pending,
    /// How many of the counted frames are durable.
    pub(super) settled: u64,
    /// Runs of counted frames, in order, each with the batch that makes it durable.
    pub(super) waiting: VecDeque<(u64, u64)>,
    /// Frames that wait until the room has read the log's head.
    pub(super) held: VecDeque<Received>,
    pub(super) holding: bool,
    /// How often this socket was asked to fill a gap, and when last.
    pub(super) gaps: u32,
    pub(super) asked_at: Option<Instant>,
    /// The last question has no answer yet. It will have one: nothing is lost on a socket that is open.
    pub(super) unanswered: bool,
    /// Whether its first question has been answered: content follows from there on, never before what it builds on.
    pub(super) live: bool,
    /// A state vector that came while an answer was on its way.
    pub(super) question: Option<Bytes>,
    pub(super) answering: bool,
    /// The client id in presence.
    pub(super) client: Option<u64>,
    pub(super) sent_at: Instant,
    pub(super) closing: bool,
    /// An owner keeps out whom it acts as: it is not the link that has ended.
    pub(super) removed: bool,
}

impl Session {
    pub(super) fn new(seat: Seat, outbox: OutboxSender, now: Instant) -> Self {
        Self {
            seat,
            outbox,
            pending: Pending::default(),
            settled: 0,
            waiting: VecDeque::new(),
            held: VecDeque::new(),
            holding: false,
            gaps: 0,
            asked_at: None,
            unanswered: false,
            live: false,
            question: None,
            answering: false,
            client: None,
            sent_at: now,
            closing: false,
            removed: false,
        }
    }

    /// One more counted frame, durable with `batch`.
    pub(super) fn wait(&mut self, batch: u64) {
        match self.waiting.back_mut().filter(|(last, _)| *last == batch) {
            Some((_, frames)) => *frames += 1,
            None => self.waiting.push_back((batch, 1)),
        }
    }

    /// The client's step 2 carries whatever its frames behind a gap carried: they settle with it.
    pub(super) fn fill_gaps(&mut self, batch: u64) {
        for (waits_for, _) in &mut self.waiting {
            if *waits_for == NEVER {
                *waits_for = batch;
            }
        }
        self.gaps = 0;
        self.asked_at = None;
    }

    /// Whether frames are behind a gap that the client's answer has not filled.
    pub(super) fn lacks_something(&self) -> bool {
        !self.unanswered && self.waiting.iter().any(|(waits_for, _)| *waits_for == NEVER)
    }

    /// Gives up frames whose batch is not `sure`; true when the client has to be asked for them.
    pub(super) fn forget(&mut self, sure: u64) -> bool {
        let mut asks = !std::mem::take(&mut self.pending).is_empty();
        for (waits_for, _) in &mut self.waiting {
            if *waits_for > sure && *waits_for != NEVER {
                *waits_for = NEVER;
                asks = true;
            }
        }
        asks
    }

    /// Counts what is durable now that `batch` is; true when that is more than before.
    pub(super) fn settle(&mut self, batch: u64) -> bool {
        let before = self.settled;
        while let Some((_, frames)) =
            self.waiting.pop_front_if(|(waits_for, _)| *waits_for <= batch)
        {
            self.settled += frames;
        }
        self.settled > before
    }
}
