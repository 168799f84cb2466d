//! Lists and search over very many notes: made first, with a line that says how far it is, then asked for over HTTP.

mod client;
mod memory;
mod passwords;
mod questions;
mod seed;
mod words;

use std::time::Duration;

use crate::cores::Placement;
use crate::error::BenchError;
use crate::options::Options;
use crate::report::{Bar, Figure};
use crate::target::{Program, Target, server_binary};
use client::Client;
use questions::{Asked, searches, walks};
use seed::{Seeded, Shape};

/// The nodes of a server's database need some.
const LINK_KEYS: &str = "1:c2NhbGVzY2FsZXNjYWxlc2NhbGVzY2FsZXNjYWxlc2M=";

/// Makes the notes and measures.
///
/// # Errors
/// When the server does not answer as it should.
pub async fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    let shape = Shape {
        documents: options.or("documents", 100_000)?,
        people: options.or("people", 1_000)?,
        seed: options.or("seed", 1)?,
    };
    let mut target = Target::new(Program::Sticky(server_binary()?), Placement::measured(false))?;
    if let Some(database) = options.get::<String>("database")? {
        target = target.on(&database).with_variable("STICKY_LINK_KEYS", LINK_KEYS);
    }
    let seeded = seed::seed(&target.database_url(), shape).await?;
    target.start().await?;
    let asked = ask(&target, shape, &seeded).await?;
    target.stop().await?;
    let checks = memory::checks(&target.database_url(), shape).await?;
    Ok(asked.into_iter().map(figure).chain([check_figure(checks)]).collect())
}

async fn ask(target: &Target, shape: Shape, seeded: &Seeded) -> Result<Vec<Asked>, BenchError> {
    let mut client = Client::connect(target.address()).await?;
    let mut asked = walks(&mut client, shape, seeded).await?;
    asked.push(searches(&mut client, shape, seeded).await?);
    Ok(asked)
}

fn figure(asked: Asked) -> Figure {
    let took = percentile(asked.took, 95);
    Figure::new("scale", asked.what, "ms p95", took.as_secs_f64() * 1e3)
        .within(Bar::AtMost(asked.at_most))
}

fn check_figure(took: Vec<Duration>) -> Figure {
    let took = percentile(took, 95);
    Figure::new("scale", "permission from memory", "µs p95", took.as_secs_f64() * 1e6)
        .within(Bar::AtMost(2.0))
}

/// The time within which so many of a hundred were answered.
fn percentile(mut took: Vec<Duration>, percent: usize) -> Duration {
    took.sort_unstable();
    took.get(took.len() * percent / 100).or(took.last()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentile_is_near_the_end() {
        let took = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(took, 95), Duration::from_millis(96));
        assert_eq!(percentile(Vec::new(), 95), Duration::ZERO);
    }
}
