//! What a connection costs that does nothing: synced, with one presence state, in a room of 100 and in one of 5.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::cores::Placement;
use crate::error::BenchError;
use crate::frame;
use crate::options::Options;
use crate::process::open_files;
use crate::report::{Bar, Figure};
use crate::socket::{self, Socket};
use crate::splitmix::SplitMix;
use crate::target::{Program, Target, server_binary};

/// Connections of one document.
const ROOMS: [usize; 2] = [100, 5];
const MOST_KIB: f64 = 16.0;
/// Sockets that are being opened at the same time.
const AT_ONCE: usize = 64;
/// Files of a process beside its sockets.
const OTHER_FILES: usize = 100;
/// Presence has reached everyone, and queues are empty again.
const SETTLE: Duration = Duration::from_secs(5);
const PRESENCE: &str = r##"{"user":{"name":"Amber Fox","color":"#b45309"}}"##;

/// Fills both with `--connections` idle sockets.
///
/// # Errors
/// When a socket is refused, or files are too few.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let connections = options.or("connections", 5_000)?;
    require_files(connections)?;
    let ours = Program::Sticky(server_binary()?);
    let mut figures = Vec::new();
    for room in ROOMS {
        let mine = memory(ours.clone(), connections, room).await?;
        let floor = memory(Program::Floor, connections, room).await?;
        figures.push(
            Figure::new(format!("idle {room}/doc"), "memory per connection", "KiB", mine)
                .beside(floor)
                .within(Bar::AtMost(MOST_KIB)),
        );
    }
    Ok(figures)
}

fn require_files(connections: usize) -> Result<(), BenchError> {
    let needed = connections + OTHER_FILES;
    match open_files() {
        Some(allowed) if allowed < needed as u64 => Err(BenchError::Usage(format!(
            "idle needs {needed} open files and may have {allowed}: `ulimit -n {needed}` first, or --connections {}",
            allowed.saturating_sub(OTHER_FILES as u64)
        ))),
        _ => Ok(()),
    }
}

/// KiB for each connection, its share of the room included.
async fn memory(program: Program, connections: usize, room: usize) -> Result<f64, BenchError> {
    let syncs = matches!(program, Program::Sticky(_));
    let target = Target::started(program, Placement::ANYWHERE).await?;
    let mut random = SplitMix::from_entropy();
    let documents: Vec<String> =
        (0..connections.div_ceil(room)).map(|_| random.document_id()).collect();
    sleep(Duration::from_millis(500)).await;
    let before = target.usage()?.rss_kib;
    let mut idle = JoinSet::new();
    let mut opening = FuturesUnordered::new();
    for index in 0..connections {
        if opening.len() >= AT_ONCE {
            keep(&mut idle, opening.next().await)?;
        }
        opening.push(open(&target, &documents[index / room], syncs, random.client_id()));
    }
    while let Some(opened) = opening.next().await {
        keep(&mut idle, Some(opened))?;
    }
    sleep(SETTLE).await;
    let after = target.usage()?.rss_kib;
    match idle.try_join_next() {
        Some(_) => Err(BenchError::Broken("an idle connection was closed".to_owned())),
        None => Ok(after.saturating_sub(before) as f64 / connections as f64),
    }
}

async fn open(
    target: &Target,
    document: &str,
    syncs: bool,
    client: u64,
) -> Result<Socket, BenchError> {
    let path = socket::path(document, true);
    let mut socket = match syncs {
        true => socket::join(target.address(), &path).await?.0,
        false => socket::connect(target.address(), &path).await?,
    };
    socket::send(&mut socket, frame::awareness(client, PRESENCE)).await?;
    Ok(socket)
}

/// Reads whatever comes, so that nothing waits in the server.
fn keep(
    idle: &mut JoinSet<()>,
    opened: Option<Result<Socket, BenchError>>,
) -> Result<(), BenchError> {
    if let Some(mut socket) = opened.transpose()? {
        idle.spawn(async move { while socket::arrived(socket.next().await).is_ok() {} });
    }
    Ok(())
}
