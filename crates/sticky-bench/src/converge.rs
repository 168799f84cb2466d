//! Several people with bad connections: in the end everybody, a newcomer too, has the same text.
//!
//! A seed decides who does what in which order; the network and the server decide the rest.

mod document;
mod line;
mod plan;
mod replica;
mod yjs;

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::cores::Placement;
use crate::error::BenchError;
use crate::keystroke::ROOT;
use crate::options::Options;
use crate::report::{Bar, Figure};
use crate::socket;
use crate::splitmix::SplitMix;
use crate::target::{Program, Target, server_binary};
use crate::trace::{clocks, text};
use document::{Document, View};
use plan::{Act, Plan};
use replica::Replica;
use yjs::Yjs;

/// How long replicas that are all connected may differ.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

/// Plays `--seeds` plans, or the one of `--seed`.
///
/// # Errors
/// At the first plan after which somebody has something else.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let seeds = match options.get("seed")? {
        Some(seed) => vec![seed],
        None => (1..=options.or("seeds", 500)?).collect(),
    };
    let count = seeds.len() as f64;
    let edits = play(server_binary()?, seeds).await?;
    Ok(vec![
        Figure::new("converge", "edits", "in all", edits as f64),
        Figure::new("converge", "seeds alike", "in all", count).within(Bar::Exactly(count)),
    ])
}

/// Plays the plans of `seeds` on one server, and says how many edits there were.
///
/// # Errors
/// At the first plan after which somebody has something else.
pub async fn play(server: PathBuf, seeds: Vec<u64>) -> Result<u64, BenchError> {
    let mut target = Target::started(Program::Sticky(server), Placement::ANYWHERE).await?;
    let (yjs, mut edits) = (Yjs::start()?, 0);
    for seed in seeds {
        edits += play_one(&mut target, &yjs, seed).await.map_err(|error| {
            BenchError::Broken(format!("{error}\nplay it again: converge --seed {seed}"))
        })?;
    }
    Ok(edits)
}

async fn play_one(target: &mut Target, yjs: &Yjs, seed: u64) -> Result<u64, BenchError> {
    let mut random = SplitMix::new(seed);
    // The database may know the ids of an earlier play of this seed.
    let document = SplitMix::from_entropy().document_id();
    let plan = Plan::draw(&mut random);
    let path = socket::path(&document, true);
    let mut replicas = Vec::with_capacity(plan.replicas);
    for index in 0..plan.replicas {
        let mut random = random.branch(index as u64);
        let edited = of_either_kind(yjs, index, random.client_id()).await?;
        replicas.push(Replica::new(edited, target.address(), path.clone(), random));
    }
    for act in &plan.acts {
        match *act {
            Act::Restart { gracefully } => restart(target, gracefully).await?,
            Act::Of(index, deed) => replicas[index].perform(deed).await?,
        }
    }
    for replica in &mut replicas {
        replica.reconnect().await?;
    }
    agree(target, &document, &mut replicas).await?;
    Ok(replicas.iter().map(Replica::edits).sum())
}

/// Every other one is of real Yjs.
async fn of_either_kind(yjs: &Yjs, index: usize, client: u64) -> Result<Document, BenchError> {
    if index.is_multiple_of(2) {
        Ok(Document::yrs(client))
    } else {
        Ok(Document::Yjs(yjs.document(client).await?))
    }
}

async fn restart(target: &mut Target, gracefully: bool) -> Result<(), BenchError> {
    match gracefully {
        true => target.stop().await?,
        false => target.kill()?,
    }
    target.start().await
}

/// Waits until all have the same, and a newcomer too.
async fn agree(
    target: &Target,
    document: &str,
    replicas: &mut [Replica],
) -> Result<(), BenchError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        for replica in replicas.iter_mut() {
            replica.take_in().await?;
        }
        let state = socket::state(target.address(), document).await?;
        let newcomer = (clocks(&state)?, text(&state, ROOT)?);
        match first_unlike(replicas, &newcomer).await? {
            None => return Ok(()),
            Some((index, view)) if Instant::now() > deadline => {
                return Err(BenchError::Broken(format!(
                    "replica {index} has\n{view:?}\nand a newcomer\n{newcomer:?}"
                )));
            }
            Some(_) => sleep(POLL).await,
        }
    }
}

async fn first_unlike(
    replicas: &[Replica],
    newcomer: &View,
) -> Result<Option<(usize, View)>, BenchError> {
    for (index, replica) in replicas.iter().enumerate() {
        let view = replica.view().await?;
        if view != *newcomer {
            return Ok(Some((index, view)));
        }
    }
    Ok(None)
}
