//! kill -9 while people type: what was acknowledged, or shown to somebody, must be there afterwards.

mod hands;
mod place;
mod verdict;

use std::time::Duration;

use tokio::time::sleep;

use crate::error::BenchError;
use crate::options::Options;
use crate::report::{Bar, Figure};
use crate::splitmix::SplitMix;
use crate::target::{Program, server_binary};
use hands::Hands;
pub use place::Engine;
use place::Place;
pub use verdict::Verdict;

const DOCUMENTS: usize = 5;
/// Writers of one document.
const WRITERS: u64 = 2;
/// The least that they type before the server dies.
const LEAST: Duration = Duration::from_millis(300);

/// Kills the server `--rounds` times, at random moments of up to `--seconds`, and Postgres before it every other time.
///
/// # Errors
/// When the server cannot be started again.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let seed = options.or("seed", SplitMix::from_entropy().number())?;
    let plan = Plan {
        engine: options.or("engine", Engine::Sqlite)?,
        rounds: options.or("rounds", 20)?,
        longest: Duration::from_secs(options.or("seconds", 6)?),
        seed,
    };
    eprintln!("crash --seed {seed}");
    let verdict = play(server_binary()?, plan).await?;
    let count = |name, count: u64| Figure::new("crash", name, "updates", count as f64);
    Ok(vec![
        count("sent", verdict.sent),
        count("acknowledged", verdict.acknowledged),
        count("acknowledged and lost", verdict.lost_acknowledged).within(Bar::Exactly(0.0)),
        count("delivered", verdict.delivered),
        count("delivered and lost", verdict.lost_delivered).within(Bar::Exactly(0.0)),
    ])
}

/// What is done to a server.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub engine: Engine,
    pub rounds: u64,
    /// How long people type before it dies, at most.
    pub longest: Duration,
    pub seed: u64,
}

/// Rounds on one database.
///
/// # Errors
/// When the server cannot be started again.
pub async fn play(server: std::path::PathBuf, plan: Plan) -> Result<Verdict, BenchError> {
    let mut random = SplitMix::new(plan.seed);
    let mut place = Place::new(Program::Sticky(server), plan.engine).await?;
    let mut verdict = Verdict::default();
    for number in 0..plan.rounds {
        verdict.add(round(&mut place, random.branch(number), plan.longest).await?);
    }
    place.verify()?;
    Ok(verdict)
}

async fn round(
    place: &mut Place,
    mut random: SplitMix,
    longest: Duration,
) -> Result<Verdict, BenchError> {
    let documents: Vec<String> = (0..DOCUMENTS).map(|_| random.document_id()).collect();
    let mut typing = Vec::new();
    for document in &documents {
        for writer in 0..WRITERS {
            let hands =
                Hands::join(place.target.address(), document, random.branch(writer)).await?;
            typing.push((document, tokio::spawn(hands.type_until_cut_off())));
        }
    }
    let span = longest.saturating_sub(LEAST).as_micros() as u64;
    sleep(LEAST + Duration::from_micros(random.below(span + 1))).await;
    place.crash(&mut random).await?;
    let mut verdict = Verdict::default();
    for (document, hands) in typing {
        let log = hands.await.expect("a typist does not panic");
        let state = crate::socket::state(place.target.address(), document).await?;
        verdict.add(Verdict::of(&log, &state)?);
    }
    Ok(verdict)
}
