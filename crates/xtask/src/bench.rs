//! `cargo xtask bench`: the measurements of sticky-bench on a release build.

use crate::failure::Failure;
use crate::npm;
use crate::options;
use crate::process;
use crate::workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask bench [name] [argument]…

Builds the server for release and runs sticky-bench on it; without a name it runs what sticky-bench runs by default.
`cargo xtask bench help` lists the measurements.";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if arguments.first().is_some_and(|first| first == "--help" || first == "-h") {
        return options::print_help(HELP);
    }
    if needs_packages(arguments) {
        npm::install(workspace, process::run)?;
    }
    process::run("server", workspace.cargo(["build", "--release", "--package", "sticky-server"]))?;
    let mut bench = workspace.cargo(["run", "--release", "--package", "sticky-bench", "--"]);
    bench.args(arguments).env("STICKY_BIN", workspace.release_server());
    process::run("bench", bench)
}

/// Half of the clients of `converge` are Yjs, and it is among those that run when none is named.
fn needs_packages(arguments: &[String]) -> bool {
    arguments.first().is_none_or(|first| first == "converge" || first.starts_with("--"))
}
