//! A session's outgoing queue: bounded, so that a slow reader never slows another and is never silently short.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::close::CloseReason;

/// The most frames that wait for a session.
const MAX_FRAMES: usize = 256;
/// The most bytes that wait for a session, answers to its own questions apart.
const MAX_BYTES: usize = 1 << 20;
/// The room for frames that an empty queue keeps: a burst once is no reason to hold memory for good.
const KEPT: usize = 16;
/// The most notices and questions; a peer that leaves more of them is closed.
const MAX_CONTROLS: usize = 256;
/// The most presence frames among them.
const MAX_PRESENCE: usize = 64;

/// What the socket does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    Frame(Bytes),
    /// The last thing that comes.
    Close(CloseReason),
}

#[derive(Debug)]
enum Item {
    /// What was committed at `seq`. Can be dropped: the session is then resynced.
    Content { frame: Bytes, seq: u64 },
    /// An answer to the session's own question, whole up to `seq`. Never dropped.
    Answer { frame: Bytes, seq: u64 },
    /// Dropped first.
    Presence(Bytes),
    /// `saved`: a newer one replaces an older one.
    Saved(Bytes),
    /// A notice or a question to the client. Never dropped.
    Control(Bytes),
}

impl Item {
    fn frame(&self) -> &Bytes {
        match self {
            Self::Content { frame, .. } | Self::Answer { frame, .. } => frame,
            Self::Presence(frame) | Self::Saved(frame) | Self::Control(frame) => frame,
        }
    }
}

#[derive(Debug, Default)]
struct Queue {
    items: VecDeque<Item>,
    bytes: usize,
    presence: usize,
    answers: usize,
    /// The client has everything up to here.
    taken_seq: u64,
    /// Content was dropped; nothing more is queued until the resync.
    behind: bool,
    closing: Option<CloseReason>,
    closed: bool,
    controls: usize,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Notify,
    /// Told when the session is to end.
    end: Notify,
}

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&mut Queue) -> T) -> T {
        act(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The room's end. Dropped, it ends the session: a room that fails leaves nobody hanging.
#[derive(Debug)]
pub(crate) struct OutboxSender {
    shared: Arc<Shared>,
}

/// The socket's end.
#[derive(Debug)]
pub(crate) struct Outbox {
    shared: Arc<Shared>,
}

/// What an idle socket should do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Outgoing(Outgoing),
    /// Everything is out, but content was dropped: ask the room for a resync.
    Behind,
    Empty,
}

/// A queue whose reader has everything up to `seq`.
pub(crate) fn outbox() -> (OutboxSender, Outbox) {
    let shared = Arc::<Shared>::default();
    (OutboxSender { shared: Arc::clone(&shared) }, Outbox { shared })
}

impl OutboxSender {
    /// Queues what was committed at `seq`; a full queue is dropped instead, and the session falls behind.
    pub(crate) fn content(&self, frame: Bytes, seq: u64) {
        self.push(|queue| {
            if queue.behind {
                return false;
            }
            if queue.is_full(frame.len()) {
                queue.drop_presence();
            }
            if queue.is_full(frame.len()) {
                queue.fall_behind();
                return false;
            }
            queue.add(Item::Content { frame, seq });
            true
        });
    }

    /// Queues an answer that brings the client up to `seq`.
    pub(crate) fn answer(&self, frame: Bytes, seq: u64) {
        self.push(|queue| {
            queue.answers += 1;
            queue.add(Item::Answer { frame, seq });
            true
        });
    }

    /// Queues presence, if there is room for it.
    pub(crate) fn presence(&self, frame: Bytes) {
        self.push(|queue| {
            let fits = queue.presence < MAX_PRESENCE && !queue.is_full(frame.len());
            if fits {
                queue.presence += 1;
                queue.add(Item::Presence(frame));
            }
            fits
        });
    }

    /// Queues a `saved` frame in the place of an older one that still waits.
    pub(crate) fn saved(&self, frame: Bytes) {
        self.push(|queue| {
            queue.remove(|item| matches!(item, Item::Saved(_)));
            queue.add(Item::Saved(frame));
            true
        });
    }

    /// Queues a notice or a question.
    pub(crate) fn control(&self, frame: Bytes) {
        self.push(|queue| {
            queue.controls += 1;
            queue.add(Item::Control(frame));
            if queue.controls > MAX_CONTROLS {
                queue.closing = Some(CloseReason::TOO_SLOW);
            }
            true
        });
    }

    /// Ends the session. What it was told about its own edits still goes out; what others wrote does not.
    pub(crate) fn close(&self, reason: CloseReason) {
        self.shared.with(|queue| {
            queue.closing.get_or_insert(reason);
            queue.remove(|item| {
                matches!(item, Item::Content { .. } | Item::Presence(_) | Item::Answer { .. })
            });
            queue.presence = 0;
            queue.answers = 0;
        });
        self.shared.wake.notify_one();
        self.shared.end.notify_waiters();
    }

    /// The client has everything up to here.
    pub(crate) fn taken_seq(&self) -> u64 {
        self.shared.with(|queue| queue.taken_seq)
    }

    /// Content flows again after a resync.
    pub(crate) fn resumed(&self) {
        self.shared.with(|queue| queue.behind = false);
    }

    /// Whether an answer still waits to be taken.
    pub(crate) fn is_answering(&self) -> bool {
        self.shared.with(|queue| queue.answers > 0)
    }

    fn push(&self, add: impl FnOnce(&mut Queue) -> bool) {
        let added =
            self.shared.with(|queue| queue.closing.is_none() && !queue.closed && add(queue));
        if added {
            self.shared.wake.notify_one();
        }
    }
}

impl Drop for OutboxSender {
    fn drop(&mut self) {
        self.close(CloseReason::TRY_AGAIN);
    }
}

impl Outbox {
    /// The next thing to do, if there is one already.
    pub(crate) fn take(&self) -> Taken {
        self.shared.with(|queue| match queue.pop() {
            Some(frame) => Taken::Outgoing(Outgoing::Frame(frame)),
            None => match queue.closing {
                Some(reason) => {
                    queue.closed = true;
                    Taken::Outgoing(Outgoing::Close(reason))
                }
                None if queue.behind => Taken::Behind,
                None => Taken::Empty,
            },
        })
    }

    /// Resolves once the session is to end.
    pub(crate) fn ending(&self) -> impl Future<Output = CloseReason> + Send + use<> {
        let shared = Arc::clone(&self.shared);
        async move {
            loop {
                let told = shared.end.notified();
                if let Some(reason) = shared.with(|queue| queue.closing) {
                    return reason;
                }
                told.await;
            }
        }
    }

    /// Resolves when something may have come.
    pub(crate) async fn woken(&self) {
        self.shared.wake.notified().await;
    }
}

impl Queue {
    fn is_full(&self, more: usize) -> bool {
        self.items.len() >= MAX_FRAMES || (self.bytes + more > MAX_BYTES && !self.items.is_empty())
    }

    fn add(&mut self, item: Item) {
        self.bytes += item.frame().len();
        self.items.push_back(item);
    }

    fn pop(&mut self) -> Option<Bytes> {
        let item = self.items.pop_front()?;
        self.bytes -= item.frame().len();
        if self.items.is_empty() && self.items.capacity() > KEPT {
            self.items = VecDeque::new();
        }
        match &item {
            Item::Content { seq, .. } => self.taken_seq = self.taken_seq.max(*seq),
            Item::Answer { seq, .. } => {
                self.answers -= 1;
                self.taken_seq = self.taken_seq.max(*seq);
            }
            Item::Presence(_) => self.presence -= 1,
            Item::Control(_) => self.controls -= 1,
            Item::Saved(_) => {}
        }
        Some(item.frame().clone())
    }

    fn remove(&mut self, unwanted: impl Fn(&Item) -> bool) {
        let bytes = &mut self.bytes;
        self.items.retain(|item| {
            let keep = !unwanted(item);
            if !keep {
                *bytes -= item.frame().len();
            }
            keep
        });
    }

    fn drop_presence(&mut self) {
        self.remove(|item| matches!(item, Item::Presence(_)));
        self.presence = 0;
    }

    fn fall_behind(&mut self) {
        self.remove(|item| matches!(item, Item::Content { .. }));
        self.behind = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(size: usize) -> Bytes {
        Bytes::from(vec![0; size])
    }

    fn drain(outbox: &Outbox) -> usize {
        std::iter::from_fn(|| {
            matches!(outbox.take(), Taken::Outgoing(Outgoing::Frame(_))).then_some(())
        })
        .count()
    }

    #[test]
    fn presence_is_dropped_first_then_content_and_the_session_is_behind() {
        let (sender, outbox) = outbox();
        sender.content(frame(10), 1);
        assert_eq!(drain(&outbox), 1);
        for _ in 0..MAX_PRESENCE {
            sender.presence(frame(10));
        }
        for seq in 2..=257 {
            sender.content(frame(10), seq);
        }
        assert_eq!(drain(&outbox), MAX_FRAMES, "only content is left");
        for seq in 258..600 {
            sender.content(frame(10), seq);
        }
        assert_eq!(outbox.take(), Taken::Behind);
        assert_eq!(sender.taken_seq(), 257, "the resync starts at what was taken");
    }

    #[test]
    fn an_answer_and_notices_survive_falling_behind() {
        let (sender, outbox) = outbox();
        sender.answer(frame(2 << 20), 9);
        sender.control(frame(1));
        sender.content(frame(1), 10);
        assert_eq!(drain(&outbox), 2);
        assert_eq!((outbox.take(), sender.taken_seq()), (Taken::Behind, 9));
    }

    #[test]
    fn a_close_lets_saved_out_and_nothing_of_others() {
        let (sender, outbox) = outbox();
        sender.content(frame(1), 1);
        sender.saved(frame(2));
        sender.saved(frame(3));
        sender.close(CloseReason::LINK_REVOKED);
        sender.content(frame(1), 2);
        assert_eq!(outbox.take(), Taken::Outgoing(Outgoing::Frame(frame(3))));
        assert_eq!(outbox.take(), Taken::Outgoing(Outgoing::Close(CloseReason::LINK_REVOKED)));
    }

    #[test]
    fn a_peer_that_leaves_every_question_is_closed() {
        let (sender, outbox) = outbox();
        for _ in 0..=MAX_CONTROLS {
            sender.control(frame(1));
        }
        drain(&outbox);
        assert_eq!(outbox.take(), Taken::Outgoing(Outgoing::Close(CloseReason::TOO_SLOW)));
    }
}
