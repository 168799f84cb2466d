use std::fmt;
use std::path::Path;

use sticky_testbed::{Postgres, SlowSync};
use tempfile::TempDir;

use crate::error::BenchError;

/// Where a sync costs what the shim makes it cost, and no more.
const MEMORY: &str = "/dev/shm";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sync {
    /// As this disk has it.
    Disk,
    /// A millisecond, as a disk in a data centre has it, on a file system in memory.
    Slow,
}

/// A new empty database of one of the kinds.
pub(super) struct Database {
    url: String,
    /// Ends before what it runs with.
    _server: Option<Postgres>,
    slow: Option<SlowSync>,
    _directory: TempDir,
}

impl Database {
    pub(super) fn new(engine: Engine, sync: Sync) -> Result<Self, BenchError> {
        let slow = if sync == Sync::Slow { Some(SlowSync::new()?) } else { None };
        let place =
            if sync == Sync::Slow { Path::new(MEMORY).to_owned() } else { std::env::temp_dir() };
        let directory = tempfile::Builder::new().prefix("sticky-log").tempdir_in(&place)?;
        let server = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(server(&place, slow.as_ref())?),
        };
        let url = match &server {
            None => format!("sqlite://{}", directory.path().join("sticky.db").display()),
            Some(server) => server.create("log")?,
        };
        Ok(Self { url, _server: server, slow, _directory: directory })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// For whoever syncs this database itself.
    pub(super) fn environment(&self) -> Option<(&'static str, String)> {
        self.slow.as_ref().map(SlowSync::environment)
    }
}

fn server(place: &Path, slow: Option<&SlowSync>) -> Result<Postgres, BenchError> {
    let mut server = Postgres::new_in(place, &["fsync=on"])?;
    if let Some((name, value)) = slow.map(SlowSync::environment) {
        server = server.with_variable(name, &value);
    }
    server.start_again()?;
    Ok(server)
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

impl fmt::Display for Sync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disk => "this disk",
            Self::Slow => "sync 1 ms",
        })
    }
}
