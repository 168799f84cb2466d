use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::error::BenchError;
use crate::frame::{self, ServerFrame};
use crate::keystroke::Typist;
use crate::socket::{self, Socket};
use crate::splitmix::SplitMix;

const RATE: u32 = 20;
/// Of a hundred edits so many only delete.
const DELETES: u64 = 20;

/// What a client knows that the server does not: kept outside of it.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Updates in the order in which they were sent.
    pub(super) sent: Vec<Bytes>,
    /// How many of them the server said are durable.
    pub(super) acknowledged: usize,
    /// Updates of others that the server has shown.
    pub(super) delivered: Vec<Bytes>,
}

/// A client that types, deletes and writes down what it sees.
pub(super) struct Hands {
    socket: Socket,
    typist: Typist,
    random: SplitMix,
    log: Log,
}

impl Hands {
    pub(super) async fn join(
        address: SocketAddr,
        document: &str,
        mut random: SplitMix,
    ) -> Result<Self, BenchError> {
        let (socket, _) = socket::join(address, &socket::path(document, true)).await?;
        Ok(Self { socket, typist: Typist::new(random.client_id()), random, log: Log::default() })
    }

    /// Types until the server is gone.
    pub(super) async fn type_until_cut_off(mut self) -> Log {
        let mut timer = self.timer();
        loop {
            let step = tokio::select! {
                _ = timer.tick() => self.edit().await,
                next = self.socket.next() => socket::arrived(next).and_then(|frame| self.take(frame)),
            };
            if step.is_err() {
                return self.log;
            }
        }
    }

    fn timer(&self) -> Interval {
        let mut timer = interval(Duration::from_secs(1) / RATE);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        timer
    }

    async fn edit(&mut self) -> Result<(), BenchError> {
        let update: Bytes = self.next_update().into();
        self.log.sent.push(update.clone());
        socket::send(&mut self.socket, frame::update(&update)).await
    }

    fn next_update(&mut self) -> Vec<u8> {
        let typed = self.typist.clock();
        if typed > 0 && self.random.chance(DELETES) {
            let clock = self.random.below(u64::from(typed)) as u32;
            return self.typist.delete(clock, 1);
        }
        self.typist.insert(&self.random.letter().to_string())
    }

    fn take(&mut self, frame: Option<Bytes>) -> Result<(), BenchError> {
        let Some(bytes) = frame else { return Ok(()) };
        match socket::parse(&bytes)? {
            ServerFrame::Saved { frames, .. } => self.log.acknowledged = frames as usize,
            ServerFrame::Update(update) => self.log.delivered.push(bytes.slice_ref(update)),
            _ => {}
        }
        Ok(())
    }
}
