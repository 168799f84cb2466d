use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use sticky_domain::access::{Caller, Claim};
use sticky_domain::id::DocumentId;
use sticky_domain::port::Access as _;
use sticky_server::decisions::Decisions;
use sticky_store::{DatabaseUrl, Store};
use tokio::time::{Instant, sleep};

use super::seed::{HEAVY, PROJECT, Shape, document, person};
use crate::error::BenchError;
use crate::now::Now;
use crate::splitmix::SplitMix;

/// Notes of one person that are remembered.
const REMEMBERED: u64 = 10_000;
const SAMPLES: usize = 2_000;
/// Checks that are timed together: a clock is not finer than one of them.
const CHECKS: u32 = 100;

/// How long it takes to decide from memory that the person with the most notes may read one.
pub(super) async fn checks(url: &str, shape: Shape) -> Result<Vec<Duration>, BenchError> {
    let url: DatabaseUrl = url.parse().map_err(BenchError::broken)?;
    let store = Arc::new(Store::open(&url, Arc::new(Now)).await.map_err(BenchError::broken)?);
    let decisions = Decisions::start(store.clone(), store.clone(), Arc::new(Now));
    let caller = Caller::new(PROJECT, vec![Claim::Principal(person(0))]);
    let notes: Vec<DocumentId> = (0..shape.documents)
        .step_by(HEAVY as usize)
        .take(REMEMBERED as usize)
        .map(document)
        .collect();
    remember(&decisions, &caller, &notes).await?;
    let mut random = SplitMix::new(shape.seed);
    let mut took = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let first = random.below(notes.len() as u64) as usize;
        let start = Instant::now();
        for note in notes.iter().cycle().skip(first).take(CHECKS as usize) {
            black_box(decisions.right(&caller, *note).await.map_err(BenchError::broken)?);
        }
        took.push(start.elapsed() / CHECKS);
    }
    store.close().await;
    Ok(took)
}

async fn remember(
    decisions: &Decisions,
    caller: &Caller,
    notes: &[DocumentId],
) -> Result<(), BenchError> {
    for note in notes {
        loop {
            let right = decisions.right(caller, *note).await.map_err(BenchError::broken)?;
            right.ok_or_else(|| BenchError::Broken(format!("{note} is not theirs")))?;
            if decisions.recall(caller, *note).is_some() {
                break;
            }
            // It has yet to look at the log.
            sleep(Duration::from_millis(1)).await;
        }
    }
    Ok(())
}
