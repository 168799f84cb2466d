use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::shim::{PRELOAD, compiled};

const BELOW: &str = "FULL_DISK_BELOW";
const WHILE: &str = "FULL_DISK_WHILE";

/// A disk that programs find full, as long as it is filled. Programs are started with [`Self::environment`].
#[derive(Debug)]
pub struct FullDisk {
    library: PathBuf,
    /// The disk is full while this file is there.
    flag: PathBuf,
    _directory: Option<TempDir>,
}

impl FullDisk {
    /// An empty disk.
    ///
    /// # Errors
    /// When there is no C compiler, which Rust links with too.
    pub fn new() -> io::Result<Self> {
        let (library, directory) = compiled(include_str!("full_disk.c"))?;
        let flag = directory.path().join("is-full");
        Ok(Self { library, flag, _directory: Some(directory) })
    }

    /// The disk that this program was started with, and the place on it.
    pub fn of_this_program() -> Option<(Self, PathBuf)> {
        let [library, below, flag] =
            [PRELOAD, BELOW, WHILE].map(|name| std::env::var_os(name).map(PathBuf::from));
        Some((Self { library: library?, flag: flag?, _directory: None }, below?))
    }

    /// What tells a program that everything below `place` is on this disk.
    pub fn environment(&self, place: &Path) -> [(&'static str, String); 3] {
        [
            (PRELOAD, self.library.display().to_string()),
            (BELOW, place.display().to_string()),
            (WHILE, self.flag.display().to_string()),
        ]
    }

    /// No file grows from now on.
    ///
    /// # Errors
    /// When it cannot be said.
    pub fn fill(&self) -> io::Result<()> {
        File::create(&self.flag).map(drop)
    }

    /// There is space again.
    ///
    /// # Errors
    /// When it was not full.
    pub fn free(&self) -> io::Result<()> {
        fs::remove_file(&self.flag)
    }
}
