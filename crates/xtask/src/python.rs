//! Python programs that the tests talk to, in a virtual environment of their own under target/.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::stamp::{Fingerprint, Stamp};
use crate::versions;
use crate::workspace::Workspace;

/// Where it is, relative to target/tools.
const ENVIRONMENT: &str = "python";

/// Installs what the versions file says, unless that is what is installed.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    let environment = workspace.target.join("tools").join(ENVIRONMENT);
    let wanted = Fingerprint::of_contents(&[workspace.root.join("crates/xtask/versions")])?;
    let stamp = Stamp::at(environment.join("installed"));
    if stamp.matches(wanted) {
        return Ok(());
    }
    let mut make = workspace.command("python3");
    make.args(["-m", "venv"]).arg(&environment);
    process::run("python environment", make)?;
    process::run("python packages", pip(workspace, &environment))?;
    Ok(stamp.write(wanted)?)
}

fn pip(workspace: &Workspace, environment: &Path) -> Command {
    let pins = versions::of_kind("pip").map(|tool| format!("{}=={}", tool.name, tool.version));
    let mut pip = workspace.command(&environment.join("bin/pip").to_string_lossy());
    pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(pins);
    pip
}
