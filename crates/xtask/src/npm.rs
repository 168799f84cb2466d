//! The web workspace: its packages, its build, its scripts.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::node;
use crate::stamp::{Fingerprint, Stamp};
use crate::workspace::Workspace;

/// What is run for a part of the web app that is out of date, by the caller's taste: shown or quiet.
pub(crate) type Run = fn(&str, Command) -> Result<(), Failure>;

/// Installs what package-lock.json says, unless that is what is installed.
pub(crate) fn install(workspace: &Workspace, run: Run) -> Result<(), Failure> {
    node::check()?;
    let web = workspace.web();
    let wanted =
        Fingerprint::of_contents(&[web.join("package.json"), web.join("package-lock.json")])?;
    let stamp = stamp(&web, "installed");
    if stamp.matches(wanted) {
        return Ok(());
    }
    run("npm packages", npm(workspace, &["ci", "--no-audit", "--no-fund"]))?;
    Ok(stamp.write(wanted)?)
}

/// Builds web/dist, unless it was built from just these sources.
pub(crate) fn build(workspace: &Workspace, run: Run) -> Result<(), Failure> {
    let web = workspace.web();
    let sources = Fingerprint::of_tree(&web, is_no_source)?;
    let stamp = stamp(&web, "built");
    if stamp.matches(sources) && web.join("dist/index.html").is_file() {
        return Ok(());
    }
    run("web app", script(workspace, "build"))?;
    Ok(stamp.write(sources)?)
}

/// `npm run <name>`; a script that package.json does not have is an error of npm's.
pub(crate) fn script(workspace: &Workspace, name: &str) -> Command {
    npm(workspace, &["run", name])
}

/// The same for some of its files, with notes on Postgres.
pub(crate) fn script_on_postgres(workspace: &Workspace, name: &str, files: &str) -> Command {
    let mut command = Command::new(workspace.on_postgres());
    command.current_dir(workspace.web()).args(["npm", "run", name, "--", files]);
    command
}

fn npm(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut npm = workspace.command("npm");
    npm.current_dir(workspace.web()).args(arguments);
    npm
}

/// Inside node_modules, so that whoever installs other packages takes the stamps away too.
fn stamp(web: &Path, name: &str) -> Stamp {
    Stamp::at(PathBuf::from_iter([web, Path::new("node_modules/.cache/sticky"), Path::new(name)]))
}

fn is_no_source(directory: &str) -> bool {
    matches!(directory, "node_modules" | "dist" | "test" | "interop" | "e2e")
        || directory.starts_with('.')
}
