use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::account::{new_readable, succeeded};

/// The variable that names what a program loads before all else.
pub(crate) const PRELOAD: &str = "LD_PRELOAD";

/// Compiles a library to be preloaded, into a directory of its own that every account can read.
pub(crate) fn compiled(text: &str) -> io::Result<(PathBuf, TempDir)> {
    let directory = new_readable("sticky-shim")?;
    let (source, library) = (directory.path().join("shim.c"), directory.path().join("shim.so"));
    fs::write(&source, text)?;
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
    succeeded(&cc.output()?)?;
    Ok((library, directory))
}
