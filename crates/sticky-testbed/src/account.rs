//! Who a server runs as: Postgres refuses to be root.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// This user owns nothing else.
const NOBODY: u32 = 65_534;

/// The command that runs `program` as this user, or as nobody where this user is root.
pub(crate) fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")])
        .arg("--clear-groups")
        .arg(program);
    command
}

/// A new directory that a server can write. Nobody takes it away but the server's keeper.
pub(crate) fn new_directory(place: &Path, prefix: &str) -> io::Result<PathBuf> {
    let directory = new_readable_in(place, prefix)?.keep();
    give(&directory)?;
    Ok(directory)
}

/// A new directory in which a server can read.
pub(crate) fn new_readable(prefix: &str) -> io::Result<TempDir> {
    new_readable_in(&std::env::temp_dir(), prefix)
}

fn new_readable_in(place: &Path, prefix: &str) -> io::Result<TempDir> {
    let directory = tempfile::Builder::new().prefix(prefix).tempdir_in(place)?;
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
    Ok(directory)
}

/// Lets the server have what was made for it.
pub(crate) fn give(path: &Path) -> io::Result<()> {
    if is_root() { chown(path, Some(NOBODY), Some(NOBODY)) } else { Ok(()) }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// What a program printed; what it complained of when it failed.
pub(crate) fn succeeded(output: &Output) -> io::Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}
