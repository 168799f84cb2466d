//! kill -9 while people type: what was acknowledged, or shown to somebody, must be there afterwards.

mod hands;
mod verdict;

use std::time::Duration;

use tokio::time::sleep;

use crate::cores::Placement;
use crate::error::BenchError;
use crate::options::Options;
use crate::report::{Bar, Figure};
use crate::splitmix::SplitMix;
use crate::target::{Program, Target, server_binary};
use hands::Hands;
pub use verdict::Verdict;

const DOCUMENTS: usize = 5;
/// Writers of one document.
const WRITERS: u64 = 2;
/// The least that they type before the server dies.
const LEAST: Duration = Duration::from_millis(300);

/// Kills the server `--rounds` times, at random moments of up to `--seconds`.
///
/// # Errors
/// When the server cannot be started again.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let seed = options.or("seed", SplitMix::from_entropy().number())?;
    let seconds = Duration::from_secs(options.or("seconds", 6)?);
    eprintln!("crash --seed {seed}");
    let verdict = rounds(server_binary()?, options.or("rounds", 20)?, seconds, seed).await?;
    let count = |name, count: u64| Figure::new("crash", name, "updates", count as f64);
    Ok(vec![
        count("sent", verdict.sent),
        count("acknowledged", verdict.acknowledged),
        count("acknowledged and lost", verdict.lost_acknowledged).within(Bar::Exactly(0.0)),
        count("delivered", verdict.delivered),
        count("delivered and lost", verdict.lost_delivered).within(Bar::Exactly(0.0)),
    ])
}

/// So many rounds on one database; the longest takes `longest`.
///
/// # Errors
/// When the server cannot be started again.
pub async fn rounds(
    server: std::path::PathBuf,
    rounds: u64,
    longest: Duration,
    seed: u64,
) -> Result<Verdict, BenchError> {
    let mut random = SplitMix::new(seed);
    let mut target = Target::started(Program::Sticky(server), Placement::ANYWHERE).await?;
    let mut verdict = Verdict::default();
    for number in 0..rounds {
        verdict.add(round(&mut target, random.branch(number), longest).await?);
    }
    Ok(verdict)
}

async fn round(
    target: &mut Target,
    mut random: SplitMix,
    longest: Duration,
) -> Result<Verdict, BenchError> {
    let documents: Vec<String> = (0..DOCUMENTS).map(|_| random.document_id()).collect();
    let mut typing = Vec::new();
    for document in &documents {
        for writer in 0..WRITERS {
            let hands = Hands::join(target.address(), document, random.branch(writer)).await?;
            typing.push((document, tokio::spawn(hands.type_until_cut_off())));
        }
    }
    let span = longest.saturating_sub(LEAST).as_micros() as u64;
    sleep(LEAST + Duration::from_micros(random.below(span + 1))).await;
    target.kill()?;
    target.start().await?;
    let mut verdict = Verdict::default();
    for (document, hands) in typing {
        let log = hands.await.expect("a typist does not panic");
        let state = crate::socket::state(target.address(), document).await?;
        verdict.add(Verdict::of(&log, &state)?);
    }
    Ok(verdict)
}
