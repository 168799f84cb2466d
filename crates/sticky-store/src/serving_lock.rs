use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::OpenError;

/// Held by the one server of a database for as long as it lives. The operating system lets go of it when the process dies.
#[derive(Debug)]
pub struct ServingLock {
    _file: Option<File>,
}

impl ServingLock {
    /// A database in memory has no other server.
    pub(crate) const fn unneeded() -> Self {
        Self { _file: None }
    }

    pub(crate) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = lock_path(database);
        let unusable = |error: std::io::Error| OpenError::Unusable {
            path: path.clone(),
            reason: error.to_string(),
        };
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(database, &mut file)),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        write_pid(&mut file).map_err(unusable)?;
        Ok(Self { _file: Some(file) })
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    PathBuf::from(path)
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn held(database: &Path, file: &mut File) -> OpenError {
    let mut pid = String::new();
    if file.read_to_string(&mut pid).is_err() || pid.is_empty() {
        "unknown".clone_into(&mut pid);
    }
    OpenError::Serving { path: database.to_owned(), pid }
}
