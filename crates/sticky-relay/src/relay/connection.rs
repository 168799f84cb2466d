use std::time::{Duration, Instant};

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::mpsc;

use super::RoomHandle;
use crate::bucket::Bucket;
use crate::close::CloseReason;
use crate::frame::ClientFrame;
use crate::outbox::{Outbox, Outgoing, Taken};
use crate::room::SessionKey;
use crate::room::session::{Credit, Received};
use crate::room::task::Message;
use crate::settings::Rate;

/// A session that is above its rate for so long is told to slow down.
const PATIENCE: Duration = Duration::from_secs(10);

/// Both ends of a session.
#[derive(Debug)]
pub struct Connection {
    pub inbox: Inbox,
    pub outbox: SessionOutbox,
}

/// Takes a client's frames to its room. Dropped, the session leaves.
#[derive(Debug)]
pub struct Inbox {
    room: RoomHandle,
    key: SessionKey,
    bucket: Option<Bucket>,
    throttled_since: Option<Instant>,
}

/// Brings a session's frames from its room.
#[derive(Debug)]
pub struct SessionOutbox {
    mailbox: mpsc::Sender<Message>,
    key: SessionKey,
    outbox: Outbox,
    resync_asked: bool,
}

/// The room has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the room has ended")]
pub struct Gone;

impl Connection {
    pub(super) fn new(
        room: RoomHandle,
        key: SessionKey,
        outbox: Outbox,
        rate: Option<Rate>,
    ) -> Self {
        let outbox =
            SessionOutbox { mailbox: room.mailbox.clone(), key, outbox, resync_asked: false };
        let bucket = rate.map(|rate| Bucket::full(rate, Instant::now()));
        Self { inbox: Inbox { room, key, bucket, throttled_since: None }, outbox }
    }
}

impl Inbox {
    /// Hands over one frame. Returns when the next may be read: a document whose updates cannot be recorded,
    /// and a session above its rate, are simply not read for a moment.
    pub async fn receive(&mut self, frame: Bytes) -> Result<(), Gone> {
        self.slow_down(frame.len()).await?;
        let credit = self.credit(&frame).await?;
        let message = Message::Frame(self.key, Received { bytes: frame, credit });
        self.room.mailbox.send(message).await.map_err(|_| Gone)
    }

    async fn credit(&self, frame: &[u8]) -> Result<Credit, Gone> {
        if !ClientFrame::counts(frame) {
            return Ok(Credit::default());
        }
        self.room.allowance.take(frame.len()).await
    }

    async fn slow_down(&mut self, bytes: usize) -> Result<(), Gone> {
        let now = Instant::now();
        let wait = self.bucket.as_mut().map_or(Duration::ZERO, |bucket| bucket.take(bytes, now));
        if wait.is_zero() {
            self.throttled_since = None;
            return Ok(());
        }
        let since = *self.throttled_since.get_or_insert(now);
        if now.saturating_duration_since(since) > PATIENCE {
            let close = Message::Close(self.key, CloseReason::SLOW_DOWN);
            self.room.mailbox.send(close).await.map_err(|_| Gone)?;
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let leave = Message::Leave(self.key);
        if let Err(mpsc::error::TrySendError::Full(leave)) = self.room.mailbox.try_send(leave)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let mailbox = self.room.mailbox.clone();
            runtime.spawn(async move { mailbox.send(leave).await });
        }
    }
}

impl SessionOutbox {
    /// The next thing to send.
    pub async fn next(&mut self) -> Outgoing {
        loop {
            match self.outbox.take() {
                Taken::Outgoing(outgoing) => return self.taken(outgoing),
                Taken::Behind => self.ask_resync().await,
                Taken::Empty => {}
            }
            self.outbox.woken().await;
        }
    }

    /// Resolves once the session is to end, whatever still waits to be sent.
    pub fn ending(&self) -> impl Future<Output = CloseReason> + Send + use<> {
        self.outbox.ending()
    }

    /// The next thing to send, if there is one already: lets a socket write many frames and flush once.
    pub fn try_next(&mut self) -> Option<Outgoing> {
        match self.outbox.take() {
            Taken::Outgoing(outgoing) => Some(self.taken(outgoing)),
            Taken::Behind | Taken::Empty => None,
        }
    }

    fn taken(&mut self, outgoing: Outgoing) -> Outgoing {
        self.resync_asked = false;
        outgoing
    }

    async fn ask_resync(&mut self) {
        if !self.resync_asked {
            // A room that is gone has closed this queue: that comes next.
            let _ = self.mailbox.send(Message::Resync(self.key)).await;
            self.resync_asked = true;
        }
    }
}
