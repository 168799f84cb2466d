use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::shim::{PRELOAD, compiled};

/// A disk on which each sync takes a millisecond longer. Programs are started with [`Self::environment`].
#[derive(Debug)]
pub struct SlowSync {
    library: PathBuf,
    _directory: TempDir,
}

impl SlowSync {
    /// Makes it ready.
    ///
    /// # Errors
    /// When there is no C compiler, which Rust links with too.
    pub fn new() -> io::Result<Self> {
        let (library, directory) = compiled(include_str!("slow_sync.c"))?;
        Ok(Self { library, _directory: directory })
    }

    /// What tells a program that its disk is this one.
    pub fn environment(&self) -> (&'static str, String) {
        (PRELOAD, self.library.display().to_string())
    }
}
