use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{NewUpdate, Projections as _, Snapshots as _, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use sticky_relay::Compaction;
use sticky_store::archive::{Archiver, Policy};
use sticky_store::{ArchiveUrl, Objects, Store};

use super::writer::{note, open, record, update};
use crate::error::BenchError;
use crate::made::Made;
use crate::now::Now;
use crate::splitmix::SplitMix;

/// What one batch of many typists is.
const BYTES: usize = 1_024;
/// Updates that are sent to the store at once.
const CHUNK: u64 = 2_000;

/// Moves a note's whole history into objects in a directory, in the segments that a server cuts, and reads it back.
///
/// # Errors
/// When the database or the directory fails.
pub async fn archive(url: &str, updates: u64) -> Result<Value, BenchError> {
    let directory = tempfile::tempdir()?;
    let objects = Objects::open(&ArchiveUrl::Directory(directory.path().to_owned()), []);
    let store = open(url).await?.with_archive(Arc::new(objects.map_err(BenchError::broken)?));
    let note = note(&store).await?;
    fill(&store, note, updates).await?;
    let followed = followed(&store, updates).await?;
    let archived = moved(&store, updates).await?;
    let read = read_back(&store, note, updates).await?;
    store.close().await;
    Ok(json!({ "followed": followed, "archived": archived, "read": read }))
}

async fn fill(store: &Store, note: DocumentId, updates: u64) -> Result<(), BenchError> {
    let mut random = SplitMix::new(updates);
    for first in (0..updates).step_by(CHUNK as usize) {
        let chunk = (first..updates.min(first + CHUNK)).map(|_| noise(&mut random)).collect();
        record(store, note, chunk).await?;
    }
    Ok(())
}

/// An update that does not get smaller when it is packed.
fn noise(random: &mut SplitMix) -> NewUpdate {
    let bytes: Vec<u8> = (0..BYTES / 8).flat_map(|_| random.number().to_le_bytes()).collect();
    NewUpdate { bytes: Bytes::from(bytes), ..update() }
}

/// Events a second that the read models take: what they have not seen does not leave.
async fn followed(store: &Store, updates: u64) -> Result<f64, BenchError> {
    let start = Instant::now();
    for projection in Projection::ALL {
        let target = Target::live(projection);
        while store.advance(target, Lane::Content).await.map_err(BenchError::broken)?.events > 0 {}
    }
    Ok((updates * Projection::ALL.len() as u64) as f64 / start.elapsed().as_secs_f64())
}

async fn moved(store: &Store, updates: u64) -> Result<f64, BenchError> {
    let policy = Policy {
        hot_events: 0,
        hot_for: Duration::ZERO,
        after: Duration::ZERO,
        ..Policy::default()
    };
    let ids = Arc::new(Made::new(SplitMix::from_entropy()));
    let archiver = Archiver::new(store, Arc::new(Now), ids, Arc::new(Compaction), policy)
        .ok_or_else(|| BenchError::broken("there is no archive"))?;
    let start = Instant::now();
    let looked = archiver.look(false).await.map_err(BenchError::broken)?;
    let speed = megabytes(updates) / start.elapsed().as_secs_f64();
    if looked.sealed == 0 { Err(BenchError::broken("nothing was archived")) } else { Ok(speed) }
}

async fn read_back(store: &Store, note: DocumentId, updates: u64) -> Result<f64, BenchError> {
    let start = Instant::now();
    let loaded = store.load(note, None, None).await.map_err(BenchError::broken)?;
    let speed = megabytes(updates) / start.elapsed().as_secs_f64();
    if loaded.tail.len() as u64 == updates {
        Ok(speed)
    } else {
        Err(BenchError::broken("some is missing"))
    }
}

fn megabytes(updates: u64) -> f64 {
    (updates * BYTES as u64) as f64 / 1e6
}
