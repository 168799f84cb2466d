use std::time::Duration;

use sticky_store::archive::Policy;
use sticky_store::{ArchiveUrl, DatabaseUrl};

use super::error::ConfigError;
use super::layer::Layers;
use super::{read, span, value};

/// Where old history goes, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    pub url: ArchiveUrl,
    /// How often notes are looked through for what may leave.
    pub interval: Duration,
    pub policy: Policy,
}

/// What `archive` says: a place, or `off`.
enum Place {
    Off,
    At(ArchiveUrl),
}

impl Archive {
    /// `None` when history stays in the database: when it is told to, in memory, and on a server, whose nodes share no
    /// directory that could be guessed.
    pub(super) fn of(layers: &Layers, database: &DatabaseUrl) -> Result<Option<Self>, ConfigError> {
        let place = read(layers, "archive", |text| place(text, database))?;
        let defaults = Policy::default();
        let policy = Policy {
            bytes: read(layers, "archive_bytes", value::size)?.unwrap_or(defaults.bytes),
            after: read(layers, "archive_after", value::duration)?.unwrap_or(defaults.after),
            hot_events: read(layers, "archive_hot_events", value::count)?
                .unwrap_or(defaults.hot_events),
            hot_for: read(layers, "archive_hot_for", value::duration)?.unwrap_or(defaults.hot_for),
            prune_after: read(layers, "archive_prune_after", value::duration_or_off)?.flatten(),
        };
        let interval = read(layers, "archive_interval", value::duration)?;
        let url = match place {
            Some(Place::Off) => None,
            Some(Place::At(url)) => Some(url),
            None => beside(database),
        };
        let interval = interval.unwrap_or(Duration::from_secs(60));
        Ok(url.map(|url| Self { url, interval, policy }))
    }

    pub(super) fn show(archive: Option<&Self>, key: &str) -> String {
        let Some(Self { url, interval, policy }) = archive else {
            return "off".to_owned();
        };
        match key {
            "archive" => url.to_string(),
            "archive_bytes" => policy.bytes.to_string(),
            "archive_after" => span(policy.after),
            "archive_interval" => span(*interval),
            "archive_hot_events" => policy.hot_events.to_string(),
            "archive_hot_for" => span(policy.hot_for),
            _ => policy.prune_after.map_or_else(|| "off".to_owned(), span),
        }
    }
}

fn place(text: &str, database: &DatabaseUrl) -> Result<Place, String> {
    match (text, database) {
        ("off", _) => Ok(Place::Off),
        (_, DatabaseUrl::Memory) => {
            Err("is off for notes in memory, which leave nothing behind".to_owned())
        }
        (text, _) => text.parse().map(Place::At),
    }
}

/// A directory named after the database's file.
fn beside(database: &DatabaseUrl) -> Option<ArchiveUrl> {
    match database {
        DatabaseUrl::Sqlite(path) => Some(ArchiveUrl::Directory(path.with_extension("archive"))),
        DatabaseUrl::Memory | DatabaseUrl::Postgres(_) => None,
    }
}
