//! Broadcast: how soon the others see a keystroke, and what it costs the server, beside the floor in the same run.

mod audience;
mod journal;
mod shape;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::cores::Placement;
use crate::error::BenchError;
use crate::options::Options;
use crate::report::{Bar, Figure, median};
use crate::splitmix::SplitMix;
use crate::target::{Program, Target, server_binary};
use audience::{Audience, Heard};
pub use shape::Shape;

/// Left out of what is measured.
const WARM_UP: Duration = Duration::from_secs(2);
/// What is still on its way when the writers stop has so long to arrive.
const DRAIN: Duration = Duration::from_secs(2);

/// What one run of one shape gave.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    /// Milliseconds from a writer's send to another client's receipt.
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    /// Microseconds of the server's user and system time for one edit at one other client.
    pub cpu_per_delivery: f64,
    /// Edits that a client never got.
    pub lost: u64,
}

/// Runs all shapes against both, `--rounds` times in turn, and gives the medians.
///
/// # Errors
/// When either cannot be measured.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let (seconds, rounds) = (options.or("seconds", 12)?, options.or("rounds", 1)?);
    let realtime = options.has("realtime");
    let ours = Program::Sticky(server_binary()?);
    Placement::take_generators_core(realtime);
    let mut figures = Vec::new();
    for shape in Shape::ALL {
        let (mut of_ours, mut of_floor) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let run = Run { shape, seconds, extended: !options.has("stock"), realtime };
            of_ours.push(run.against(ours.clone()).await?);
            of_floor.push(run.against(Program::Floor).await?);
        }
        figures.extend(figures_of(shape, &of_ours, &of_floor));
    }
    Placement::release();
    Ok(figures)
}

/// One shape against one program.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub shape: Shape,
    pub seconds: u64,
    /// Whether clients ask for `saved`, as ours do and stock providers do not.
    pub extended: bool,
    pub realtime: bool,
}

impl Run {
    /// Starts `program`, and runs.
    ///
    /// # Errors
    /// When a client is not let in, or loses its socket.
    pub async fn against(self, program: Program) -> Result<Measured, BenchError> {
        let syncs = matches!(program, Program::Sticky(_));
        let target = Target::started(program, Placement::measured(self.realtime)).await?;
        let mut random = SplitMix::from_entropy();
        let mut audiences = Vec::new();
        for _ in 0..self.shape.documents {
            audiences.push(Audience::join(&target, &self, syncs, &mut random).await?);
        }
        self.measure(&target, audiences).await
    }

    async fn measure(
        self,
        target: &Target,
        audiences: Vec<Audience>,
    ) -> Result<Measured, BenchError> {
        let begin = Instant::now() + Duration::from_millis(100);
        let measured = begin + WARM_UP;
        let end = measured + Duration::from_secs(self.seconds);
        let clock = Arc::new(Times { begin, measured, end, drained: end + DRAIN });
        let tasks: Vec<_> = audiences.into_iter().map(|audience| audience.start(&clock)).collect();
        sleep_until(measured).await;
        let before = target.usage()?.cpu;
        sleep_until(end).await;
        let used = target.usage()?.cpu - before;
        let mut heard = Heard::default();
        for task in tasks {
            heard.add(task.end().await?);
        }
        Ok(heard.measured(used))
    }
}

/// The moments of a run.
#[derive(Debug)]
struct Times {
    begin: Instant,
    measured: Instant,
    end: Instant,
    drained: Instant,
}

fn figures_of(shape: Shape, ours: &[Measured], floor: &[Measured]) -> Vec<Figure> {
    let middle =
        |runs: &[Measured], get: fn(&Measured) -> f64| median(runs.iter().map(get).collect());
    let beside = |name, unit, get: fn(&Measured) -> f64| {
        Figure::new(format!("fanout {}", shape.name()), name, unit, middle(ours, get))
            .beside(middle(floor, get))
    };
    vec![
        beside("p50", "ms", |run| run.p50),
        beside("p95", "ms", |run| run.p95),
        beside("p99", "ms", |run| run.p99),
        beside("cpu per delivery", "µs", |run| run.cpu_per_delivery)
            .within(Bar::Ratio(shape.most_cpu)),
        beside("lost", "edits", |run| run.lost as f64).within(Bar::Exactly(0.0)),
    ]
}
