use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde_json::{Value, json};
use sticky_domain::id::DocumentId;
use sticky_store::Store;

use super::raw;
use super::writer::{PAYLOAD, note, open, record, update};
use crate::error::BenchError;

/// Who writes at the same time, each to a note of their own, one update after the other.
const WRITERS: usize = 400;

/// Appends by many, by one, and by SQL alone, for `seconds` each.
///
/// # Errors
/// When the database fails.
pub async fn append(url: &str, seconds: u64) -> Result<Value, BenchError> {
    let time = Duration::from_secs(seconds);
    let store = open(url).await?;
    let notes = try_join_all((0..WRITERS).map(|_| note(&store))).await?;
    write(&store, &notes, Duration::from_secs(1)).await?;
    let start = Instant::now();
    let many = write(&store, &notes, time).await?;
    let appends = many.len() as f64 / start.elapsed().as_secs_f64();
    let alone = write(&store, &notes[..1], time).await?;
    store.close().await;
    let inserts = raw::inserts(url, time, &PAYLOAD).await?;
    Ok(json!({
        "appends": appends,
        "p50": percentile(&many, 50),
        "p99": percentile(&many, 99),
        "alone": percentile(&alone, 50),
        "inserts": inserts.len() as f64 / time.as_secs_f64(),
        "insert_p50": percentile(&inserts, 50),
    }))
}

/// How long each append took.
async fn write(
    store: &Store,
    notes: &[DocumentId],
    time: Duration,
) -> Result<Vec<Duration>, BenchError> {
    let end = Instant::now() + time;
    let writers = notes.iter().map(|note| write_to(store.clone(), *note, end));
    let took = try_join_all(writers.map(tokio::spawn)).await.map_err(BenchError::broken)?;
    let took: Vec<Vec<Duration>> = took.into_iter().collect::<Result<_, _>>()?;
    Ok(took.concat())
}

async fn write_to(
    store: Store,
    note: DocumentId,
    end: Instant,
) -> Result<Vec<Duration>, BenchError> {
    let mut took = Vec::new();
    while Instant::now() < end {
        let before = Instant::now();
        record(&store, note, vec![update()]).await?;
        took.push(before.elapsed());
    }
    Ok(took)
}

/// In milliseconds.
fn percentile(took: &[Duration], percent: usize) -> f64 {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    let nth = sorted.len() * percent / 100;
    sorted.get(nth).map_or(0.0, |took| took.as_secs_f64() * 1e3)
}
