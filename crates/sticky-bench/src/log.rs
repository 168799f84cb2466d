//! The log, through the store's own door: appends beside single `INSERT`s, replay, the archive, and
//! what it takes to load a note.
//!
//! Every measurement is another process, because only so can its syncs be slowed.

mod append;
mod archive;
mod database;
mod history;
mod raw;
mod writer;

use std::process::Command;

use serde_json::Value;

use crate::cores::Placement;
use crate::error::BenchError;
use crate::options::Options;
use crate::report::{Bar, Figure};
use database::{Database, Engine, Sync};

pub use append::append;
pub use archive::archive;
pub use history::history;

/// How long appends are measured.
pub const SECONDS: u64 = 5;
/// The events of the long history.
pub const EDITS: u64 = 260_000;
/// The updates that are archived, of a kilobyte each.
pub const UPDATES: u64 = 20_000;

/// Measures both engines, on this disk and with a sync that takes a millisecond.
///
/// # Errors
/// When a database does not start or fails.
pub fn run(options: &Options) -> Result<Vec<Figure>, BenchError> {
    if options.has("realtime") {
        Placement::before_others();
    }
    let mut figures = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for sync in [Sync::Disk, Sync::Slow] {
            let database = Database::new(engine, sync)?;
            let seconds = options.or("seconds", SECONDS)?;
            let found = child("log-append", &database, &[("seconds", seconds)])?;
            figures.extend(appends(&format!("log {engine} {sync}"), sync, &found)?);
        }
        let bench = format!("log {engine}");
        let database = Database::new(engine, Sync::Disk)?;
        let edits = options.or("edits", EDITS)?;
        let found = child("log-history", &database, &[("edits", edits)])?;
        figures.extend(histories(&bench, &found)?);
        let database = Database::new(engine, Sync::Disk)?;
        let found = child("log-archive", &database, &[("edits", UPDATES)])?;
        figures.extend(archives(&bench, &found)?);
    }
    Ok(figures)
}

fn appends(bench: &str, sync: Sync, found: &Value) -> Result<Vec<Figure>, BenchError> {
    let many = Figure::new(bench, "appends", "events/s", number(found, "appends")?)
        .beside(number(found, "inserts")?);
    let many = if sync == Sync::Slow { many.within(Bar::Times(20.0)) } else { many };
    Ok(vec![
        many,
        Figure::new(bench, "commit under load, p50", "ms", number(found, "p50")?),
        Figure::new(bench, "commit under load, p99", "ms", number(found, "p99")?),
        Figure::new(bench, "commit alone, p50", "ms", number(found, "alone")?)
            .beside(number(found, "insert_p50")?),
    ])
}

fn histories(bench: &str, found: &Value) -> Result<Vec<Figure>, BenchError> {
    let figure =
        |name, unit, key| Ok::<_, BenchError>(Figure::new(bench, name, unit, number(found, key)?));
    Ok(vec![
        figure("an event with 30 bytes", "bytes", "bytes_per_event")?,
        figure("replay", "events/s", "replay")?.within(Bar::AtLeast(200_000.0)),
        figure("replay along the lane", "events/s", "follow")?,
        figure("load of 10k events", "ms", "short")?,
        figure("load of 10k events by snapshot", "ms", "short_by_snapshot")?,
        figure("load of all events", "ms", "long")?,
        figure("load of all events by snapshot", "ms", "long_by_snapshot")?
            .within(Bar::AtMost(20.0)),
    ])
}

fn archives(bench: &str, found: &Value) -> Result<Vec<Figure>, BenchError> {
    Ok(vec![
        Figure::new(bench, "into the read models", "events/s", number(found, "followed")?),
        Figure::new(bench, "into the archive", "MB/s", number(found, "archived")?),
        Figure::new(bench, "out of the archive", "MB/s", number(found, "read")?),
    ])
}

/// This program once more, with what slows its syncs.
fn child(name: &str, database: &Database, values: &[(&str, u64)]) -> Result<Value, BenchError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(name).arg(database.url()).envs(database.environment());
    command.args(values.iter().flat_map(|(flag, value)| [format!("--{flag}"), value.to_string()]));
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(BenchError::Broken(format!("{name} failed")));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| BenchError::Unreadable(error.to_string()))
}

fn number(found: &Value, key: &str) -> Result<f64, BenchError> {
    found[key].as_f64().ok_or_else(|| BenchError::Unreadable(format!("{key} is missing")))
}
