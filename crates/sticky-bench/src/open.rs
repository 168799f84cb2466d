//! A note of 200 KB: how soon it is there, and how soon ten people in one note see each other type.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use crate::cores::Placement;
use crate::error::BenchError;
use crate::fanout::{Run, Shape};
use crate::history::{fetches, send};
use crate::keystroke::{ROOT, Typist};
use crate::options::Options;
use crate::report::{Bar, Figure};
use crate::socket;
use crate::splitmix::SplitMix;
use crate::target::{Program, Target, server_binary};
use crate::trace::text;

const CHARACTERS: usize = 200_000;
/// Typed between two pauses.
const PHRASE: &str = "The quick brown fox jumps over it. ";

/// Ten people, all typing as fast as people do.
const TEN: Shape = Shape { documents: 1, clients: 10, writers: 10, rate: 5, most_cpu: 0.0 };

/// Opens the note, warm and cold, and lets ten people type.
///
/// # Errors
/// When it cannot be opened, or holds another text.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let program = Program::Sticky(server_binary()?);
    let mut figures = note(program.clone()).await?;
    let realtime = options.has("realtime");
    Placement::take_generators_core(realtime);
    let run = Run { shape: TEN, seconds: options.or("seconds", 12)?, extended: true, realtime };
    let ten = run.against(program).await?;
    Placement::release();
    figures.extend([
        Figure::new("10 editors", "p50", "ms", ten.p50).within(Bar::AtMost(50.0)),
        Figure::new("10 editors", "p95", "ms", ten.p95).within(Bar::AtMost(150.0)),
    ]);
    Ok(figures)
}

async fn note(program: Program) -> Result<Vec<Figure>, BenchError> {
    let mut target = Target::started(program, Placement::ANYWHERE).await?;
    let mut random = SplitMix::from_entropy();
    let document = random.document_id();
    let mut typist = Typist::new(random.client_id());
    let phrases = CHARACTERS.div_ceil(PHRASE.len());
    let updates: Vec<Bytes> = (0..phrases).map(|_| typist.insert(PHRASE).into()).collect();
    send(target.address(), &document, &updates).await?;
    sleep(Duration::from_secs(1)).await;
    let mut figures = fetches("open 200 KB", &mut target, &document).await?.to_vec();
    let start = Instant::now();
    let state = socket::state(target.address(), &document).await?;
    let read = text(&state, ROOT)?;
    figures.push(
        Figure::new("open 200 KB", "state and text", "ms", start.elapsed().as_secs_f64() * 1e3)
            .within(Bar::AtMost(300.0)),
    );
    match read == PHRASE.repeat(phrases) {
        true => Ok(figures),
        false => Err(BenchError::Broken("the note holds another text".to_owned())),
    }
}
