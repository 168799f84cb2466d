//! A long history in, one update a frame, and the whole document out again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::cores::Placement;
use crate::error::BenchError;
use crate::frame::{self, ServerFrame};
use crate::options::Options;
use crate::report::{Bar, Figure, median};
use crate::socket;
use crate::splitmix::SplitMix;
use crate::target::{Program, Target, server_binary};
use crate::trace::{EDITS, Trace, clocks, text};

/// Frames that are not yet known to be durable.
const WINDOW: u64 = 8_192;
/// Frames written at once.
const CHUNK: usize = 256;
const WARM: usize = 5;
const COLD: usize = 3;
/// The server has compacted what came last.
const SETTLE: Duration = Duration::from_secs(2);

/// Sends a history, reads it back, and compares.
///
/// # Errors
/// When it is not all there.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let trace = match options.get::<PathBuf>("trace")? {
        Some(path) => Trace::read(&path)?,
        None => Trace::made(options.or("edits", EDITS)?, options.or("seed", 1)?),
    };
    let mut target =
        Target::started(Program::Sticky(server_binary()?), Placement::measured(false)).await?;
    let document = SplitMix::from_entropy().document_id();
    let before = target.usage()?.cpu;
    let sent = send(target.address(), &document, &trace.updates).await?;
    let cpu = target.usage()?.cpu - before;
    let count = trace.updates.len() as f64;
    let mut figures = vec![
        Figure::new("history", "in", "updates/s", count / sent.took.as_secs_f64())
            .within(Bar::AtLeast(44_000.0)),
        Figure::new("history", "cpu per update", "µs", cpu.as_secs_f64() * 1e6 / count),
        Figure::new("history", "events", "events", sent.seq as f64).within(Bar::AtMost(count)),
    ];
    sleep(SETTLE).await;
    figures.extend(fetches("history", &mut target, &document).await?);
    let state = socket::state(target.address(), &document).await?;
    figures.push(Figure::new("history", "state", "bytes", state.len() as f64));
    figures.push(exactly(
        "characters",
        text(&state, trace.root)?.chars().count(),
        trace.characters,
    ));
    figures.push(exactly("clock", sum(&clocks(&state)?), sum(&trace.clocks)));
    if clocks(&state)? != trace.clocks {
        return Err(BenchError::Broken("the state vector is another".to_owned()));
    }
    Ok(figures)
}

fn exactly(name: &'static str, ours: usize, expected: usize) -> Figure {
    Figure::new("history", name, "in all", ours as f64).within(Bar::Exactly(expected as f64))
}

fn sum(clocks: &[(u64, u32)]) -> usize {
    clocks.iter().map(|(_, clock)| *clock as usize).sum()
}

/// Sending until everything was durable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    took: Duration,
    /// The document's, and so the number of its events.
    seq: u64,
}

/// Sends each update as a frame over one socket, at most [`WINDOW`] ahead of `saved`.
pub(crate) async fn send(
    address: SocketAddr,
    document: &str,
    updates: &[Bytes],
) -> Result<Sent, BenchError> {
    let (socket, _) = socket::join(address, &socket::path(document, true)).await?;
    let (mut sink, stream) = socket.split();
    let (told, mut saved) = watch::channel((0, 0));
    let reader = tokio::spawn(read_saved(stream, told));
    let (start, mut count) = (Instant::now(), 0);
    for chunk in updates.chunks(CHUNK) {
        for update in chunk {
            sink.feed(Message::Binary(frame::update(update))).await?;
        }
        sink.flush().await?;
        count += chunk.len() as u64;
        await_saved(&mut saved, count.saturating_sub(WINDOW)).await?;
    }
    await_saved(&mut saved, count).await?;
    let sent = Sent { took: start.elapsed(), seq: saved.borrow().1 };
    reader.abort();
    Ok(sent)
}

async fn await_saved(
    saved: &mut watch::Receiver<(u64, u64)>,
    frames: u64,
) -> Result<(), BenchError> {
    let ended = saved.wait_for(|(saved, _)| *saved >= frames).await.is_err();
    if ended { Err(BenchError::Closed("while it was sent a history".to_owned())) } else { Ok(()) }
}

async fn read_saved(
    mut stream: futures::stream::SplitStream<socket::Socket>,
    told: watch::Sender<(u64, u64)>,
) -> Result<(), BenchError> {
    loop {
        if let Some(bytes) = socket::arrived(stream.next().await)?
            && let ServerFrame::Saved { frames, seq } = socket::parse(&bytes)?
        {
            told.send_replace((frames, seq));
        }
    }
}

/// Opens the document warm and, each time after a restart, cold: from the connection until all is there.
pub(crate) async fn fetches(
    bench: &'static str,
    target: &mut Target,
    document: &str,
) -> Result<[Figure; 2], BenchError> {
    let (mut warm, mut cold) = (Vec::new(), Vec::new());
    for _ in 0..WARM {
        warm.push(fetch(target.address(), document).await?);
    }
    for _ in 0..COLD {
        target.stop().await?;
        target.start().await?;
        cold.push(fetch(target.address(), document).await?);
    }
    Ok([
        Figure::new(bench, "open warm", "ms", median(warm)).within(Bar::AtMost(5.0)),
        Figure::new(bench, "open cold", "ms", median(cold)).within(Bar::AtMost(20.0)),
    ])
}

/// Milliseconds from connecting until the whole document is here.
async fn fetch(address: SocketAddr, document: &str) -> Result<f64, BenchError> {
    let start = Instant::now();
    let (socket, _) = socket::join(address, &socket::path(document, true)).await?;
    let took = start.elapsed();
    drop(socket);
    Ok(took.as_secs_f64() * 1e3)
}
