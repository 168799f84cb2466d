//! Python programs, installed into target/tools.

use std::fs;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::process;
use crate::stamp::{Fingerprint, Stamp};
use crate::versions;
use crate::workspace::Workspace;

const PACKAGES: &str = "crates/xtask/python-packages";

/// The pinned program `name`; installed anew when a pin has changed.
pub(crate) fn install(workspace: &Workspace, name: &str) -> Result<PathBuf, Failure> {
    let tool = versions::pip_tool(name);
    let tools = workspace.target.join("tools");
    let (home, packages) = (tools.join("python"), workspace.root.join(PACKAGES));
    let wanted = Fingerprint::of_contents(std::slice::from_ref(&packages))?;
    let stamp = Stamp::at(home.join("installed"));
    if !stamp.matches(wanted) {
        // What an older pin has left behind would stay in use.
        let _ = fs::remove_dir_all(&home);
        let mut environment = workspace.command("virtualenv");
        process::run("virtualenv", {
            environment.arg("--quiet").arg(&home);
            environment
        })?;
        let mut pip = workspace.command(&home.join("bin/pip").to_string_lossy());
        pip.args(["install", "--quiet", "--no-deps", "--requirement"]).arg(&packages);
        process::run("pip", pip)?;
        stamp.write(wanted)?;
    }
    Ok(tools.join(tool.proof))
}
