//! The server that the tests run: the debug build beside them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// `STICKY_BIN` if it is set, else a build of now.
pub(crate) fn binary() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let find = || std::env::var_os("STICKY_BIN").map_or_else(|| build(&[]), PathBuf::from);
    BINARY.get_or_init(find).clone()
}

/// A server that can be told not to sync, in `directory`. Cargo puts every variant in the same place, so it is copied
/// from there, and the usual one is put back.
pub(crate) fn unsynced_binary(directory: &Path) -> PathBuf {
    let variant = build(&["--features", "sticky-store/unsafe-test-hooks"]);
    let copy = directory.join("sticky");
    std::fs::copy(variant, &copy).unwrap();
    build(&[]);
    copy
}

fn build(arguments: &[&str]) -> PathBuf {
    let target = target_directory();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "sticky-server", "--target-dir"])
        .arg(&target)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(status.success(), "the server can be built");
    target.join("debug/sticky")
}

/// This test's executable is in `<target>/debug/deps`.
fn target_directory() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    executable.ancestors().nth(3).unwrap().to_owned()
}
