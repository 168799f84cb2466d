//! Frames in, frames out, until either side has had enough.

use std::error::Error as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use sticky_relay::{CloseReason, Connection, Inbox, Outgoing, SessionOutbox};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tungstenite::error::{CapacityError, ProtocolError};

use super::farewell::End;
use crate::config::Config;

/// Frames are gathered up to here before they are flushed.
const BATCH: usize = 64 << 10;
/// The least that a peer must take in the time in which it may take nothing: 16 KiB/s as configured by default.
const SLOWEST: usize = 160 << 10;

/// How long what is being written may go on after the session was to end.
const LAST_WORDS: Duration = Duration::from_secs(1);

const TOO_LARGE: CloseReason = CloseReason::too_large("update_too_large");
const IDLE: CloseReason = CloseReason { code: 1013, reason: "idle" };

/// How life is told from death.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    ping_every: Duration,
    /// How many pings may go by without a word.
    patience: u32,
    /// How long it may take nothing of what is written.
    write_patience: Duration,
}

impl Pulse {
    pub(super) fn new(config: &Config) -> Self {
        let pings = config.idle_timeout.as_secs_f64() / config.ping_interval.as_secs_f64();
        Self {
            ping_every: config.ping_interval,
            patience: (pings.ceil() as u32).max(1),
            write_patience: config.write_timeout,
        }
    }

    /// Waits for a write of `size` bytes for as long as a slow connection would take.
    async fn patiently<T>(
        self,
        size: usize,
        work: impl Future<Output = Result<T, axum::Error>>,
    ) -> Result<T, End> {
        let transfer = self.write_patience.mul_f64(size as f64 / SLOWEST as f64);
        match timeout(self.write_patience + transfer, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Close(CloseReason::TOO_SLOW)),
        }
    }
}

/// Moves frames until the socket is over. One task, so that an idle socket costs next to nothing.
pub(super) async fn run(
    connection: Connection,
    pulse: Pulse,
    sink: &mut SplitSink<WebSocket, Message>,
    stream: &mut SplitStream<WebSocket>,
) -> End {
    let Connection { mut inbox, mut outbox } = connection;
    let heard = AtomicU32::new(0);
    tokio::select! {
        end = read(stream, &mut inbox, &heard) => end,
        end = write(sink, &mut outbox, pulse, &heard) => end,
    }
}

async fn read(stream: &mut SplitStream<WebSocket>, inbox: &mut Inbox, heard: &AtomicU32) -> End {
    while let Some(message) = stream.next().await {
        heard.fetch_add(1, Ordering::Relaxed);
        match message {
            Ok(Message::Binary(frame)) => {
                if inbox.receive(frame).await.is_err() {
                    // The room has said why, and the writer is about to find it.
                    return std::future::pending().await;
                }
            }
            Ok(Message::Text(_)) => return End::Close(CloseReason::MALFORMED),
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Close(_)) => return End::Closed,
            Err(error) => return end_of(&error),
        }
    }
    End::Gone
}

async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    outbox: &mut SessionOutbox,
    pulse: Pulse,
    heard: &AtomicU32,
) -> End {
    let mut ping = interval(pulse.ping_every);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let (mut last_heard, mut silent) = (0, 0);
    loop {
        let sent = tokio::select! {
            outgoing = outbox.next() => {
                let ending = outbox.ending();
                tokio::select! {
                    biased;
                    sent = send(sink, outbox, outgoing, pulse) => sent,
                    end = overdue(ending) => Err(end),
                }
            }
            _ = ping.tick() => {
                let now = heard.load(Ordering::Relaxed);
                silent = if now == last_heard { silent + 1 } else { 0 };
                last_heard = now;
                if silent >= pulse.patience {
                    return End::Close(IDLE);
                }
                pulse.patiently(0, sink.send(Message::Ping(Bytes::new()))).await
            }
        };
        if let Err(end) = sent {
            return end;
        }
    }
}

/// Resolves when the session was to end a while ago and still has not: its peer takes what is written too slowly.
async fn overdue(ending: impl Future<Output = CloseReason>) -> End {
    let reason = ending.await;
    tokio::time::sleep(LAST_WORDS).await;
    End::Close(reason)
}

/// Sends `first` and what else is ready, and flushes once.
async fn send(
    sink: &mut SplitSink<WebSocket, Message>,
    outbox: &mut SessionOutbox,
    first: Outgoing,
    pulse: Pulse,
) -> Result<(), End> {
    let size = match &first {
        Outgoing::Frame(frame) => frame.len(),
        Outgoing::Close(reason) => return Err(End::Close(*reason)),
    };
    let batch = async {
        let (mut next, mut gathered) = (first, 0);
        let closing = loop {
            match next {
                Outgoing::Frame(frame) => {
                    gathered += frame.len();
                    sink.feed(Message::Binary(frame)).await?;
                }
                Outgoing::Close(reason) => break Some(reason),
            }
            if gathered >= BATCH {
                break None;
            }
            match outbox.try_next() {
                Some(outgoing) => next = outgoing,
                None => break None,
            }
        };
        sink.flush().await?;
        Ok(closing)
    };
    match pulse.patiently(size + BATCH, batch).await? {
        Some(reason) => Err(End::Close(reason)),
        None => Ok(()),
    }
}

fn end_of(error: &axum::Error) -> End {
    match error.source().and_then(|error| error.downcast_ref()) {
        Some(tungstenite::Error::Capacity(CapacityError::MessageTooLong { .. })) => {
            End::CutOff(TOO_LARGE)
        }
        Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => {
            End::Gone
        }
        Some(tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_)) => {
            End::CutOff(CloseReason::MALFORMED)
        }
        _ => End::Gone,
    }
}
