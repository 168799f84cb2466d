//! The clients of one document: all read, some write.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use sticky_relay::guard::{Limits, Visit, check_update};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval_at, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use super::journal::Journal;
use super::{Measured, Run, Times, WARM_UP};
use crate::error::BenchError;
use crate::frame::{self, ServerFrame};
use crate::keystroke::Typist;
use crate::socket::{self, Socket};
use crate::splitmix::SplitMix;
use crate::target::Target;

/// What clients have heard of each other.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Nanoseconds, of what came while it was measured.
    latencies: Vec<u64>,
    lost: u64,
}

impl Heard {
    pub(super) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.lost += other.lost;
    }

    pub(super) fn measured(mut self, cpu: Duration) -> Measured {
        self.latencies.sort_unstable();
        let at = |part: f64| {
            let place = (self.latencies.len() as f64 * part) as usize;
            self.latencies.get(place).map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1e6)
        };
        Measured {
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            cpu_per_delivery: cpu.as_secs_f64() * 1e6 / self.latencies.len().max(1) as f64,
            lost: self.lost,
        }
    }
}

/// The sockets of one document, open and synced.
pub(super) struct Audience {
    sockets: Vec<Socket>,
    journals: Arc<[Journal]>,
    rate: u32,
    random: SplitMix,
}

impl Audience {
    pub(super) async fn join(
        target: &Target,
        run: &Run,
        syncs: bool,
        random: &mut SplitMix,
    ) -> Result<Self, BenchError> {
        let path = socket::path(&random.document_id(), run.extended);
        let mut sockets = Vec::new();
        for _ in 0..run.shape.clients {
            sockets.push(match syncs {
                true => socket::join(target.address(), &path).await?.0,
                false => socket::connect(target.address(), &path).await?,
            });
        }
        let seconds = WARM_UP.as_secs() + run.seconds + 1;
        let capacity = run.shape.rate as usize * seconds as usize;
        let journals = (0..run.shape.writers).map(|_| Journal::new(random.client_id(), capacity));
        let journals = journals.collect();
        Ok(Self { sockets, journals, rate: run.shape.rate, random: random.branch(0) })
    }

    pub(super) fn start(mut self, times: &Arc<Times>) -> Running {
        let mut tasks = Vec::new();
        for (index, socket) in self.sockets.into_iter().enumerate() {
            let (sink, stream) = socket.split();
            let reader = Reader {
                journals: Arc::clone(&self.journals),
                own: index,
                next: vec![0; self.journals.len()],
                now: times.begin,
                measuring: false,
                heard: Heard::default(),
            };
            tasks.push(tokio::spawn(read(stream, reader, Arc::clone(times))));
            if index < self.journals.len() {
                let writer = Writer { journals: Arc::clone(&self.journals), own: index };
                let period = Duration::from_secs(1) / self.rate;
                let offset = period.mul_f64(self.random.below(1_000) as f64 / 1_000.0);
                let timer = interval_at(times.begin + offset, period);
                tokio::spawn(write(sink, writer, timer, times.end));
            }
        }
        Running { tasks }
    }
}

/// The clients of one document at work.
pub(super) struct Running {
    tasks: Vec<JoinHandle<Result<Heard, BenchError>>>,
}

impl Running {
    pub(super) async fn end(self) -> Result<Heard, BenchError> {
        let mut all = Heard::default();
        for task in self.tasks {
            all.add(task.await.expect("a reader does not panic")?);
        }
        Ok(all)
    }
}

struct Writer {
    journals: Arc<[Journal]>,
    own: usize,
}

async fn write(
    mut sink: SplitSink<Socket, Message>,
    writer: Writer,
    mut timer: tokio::time::Interval,
    end: Instant,
) {
    let journal = &writer.journals[writer.own];
    let mut typist = Typist::new(journal.client);
    while timer.tick().await < end && !journal.is_full(typist.clock()) {
        let clock = typist.clock();
        let frame = frame::update(&typist.insert("x"));
        journal.note(clock);
        if sink.send(Message::Binary(frame)).await.is_err() {
            return;
        }
    }
}

struct Reader {
    journals: Arc<[Journal]>,
    /// Which of the journals is this client's own, if it has one.
    own: usize,
    /// The next clock of each writer.
    next: Vec<u32>,
    now: Instant,
    measuring: bool,
    heard: Heard,
}

async fn read(
    mut stream: SplitStream<Socket>,
    mut reader: Reader,
    times: Arc<Times>,
) -> Result<Heard, BenchError> {
    let mut end = std::pin::pin!(sleep_until(times.drained));
    loop {
        tokio::select! {
            biased;
            next = stream.next() => {
                let Some(bytes) = socket::arrived(next)? else { continue };
                reader.now = Instant::now();
                reader.measuring = (times.measured..times.end).contains(&reader.now);
                if let ServerFrame::Update(update) = socket::parse(&bytes)? {
                    check_update(update, &Limits::STORED, &mut reader)
                        .map_err(|refusal| BenchError::Unreadable(refusal.to_string()))?;
                }
            }
            () = &mut end => return Ok(reader.heard_all()),
        }
    }
}

impl Reader {
    fn heard_all(mut self) -> Heard {
        for (index, journal) in
            self.journals.iter().enumerate().filter(|(index, _)| *index != self.own)
        {
            self.heard.lost += journal.count() - u64::from(self.next[index]);
        }
        self.heard
    }
}

impl Visit for Reader {
    fn block(&mut self, client: u64, clock: u32, len: u32) {
        let Some(writer) = self.journals.iter().position(|journal| journal.client == client) else {
            return;
        };
        if writer == self.own || clock > self.next[writer] {
            return;
        }
        for clock in self.next[writer]..clock + len {
            if self.measuring {
                let age = self.journals[writer].age(clock, self.now);
                self.heard.latencies.push(age);
            }
        }
        self.next[writer] = self.next[writer].max(clock + len);
    }
}
