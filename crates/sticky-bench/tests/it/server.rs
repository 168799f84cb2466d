//! The server that the tests run: the debug build beside them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The whole workspace and some test, as `cargo xtask test` builds it: the server alone would be built with other
/// features for what it shares with the tests, and without the store's hook that takes its syncs away.
const BUILD: &str = "build --quiet --workspace --bin sticky --test house --target-dir";

/// `STICKY_BIN` if it is set, else a build of now.
pub(crate) fn binary() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let find = || std::env::var_os("STICKY_BIN").map_or_else(build, PathBuf::from);
    BINARY.get_or_init(find).clone()
}

fn build() -> PathBuf {
    let target = target_directory();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(BUILD.split_whitespace()).arg(&target);
    let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
    assert!(status.success(), "the server can be built");
    target.join("debug/sticky")
}

/// This test's executable is in `<target>/debug/deps`.
fn target_directory() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    executable.ancestors().nth(3).unwrap().to_owned()
}
