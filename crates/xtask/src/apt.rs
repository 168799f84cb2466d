//! Debian packages, installed when they are missing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::process;
use crate::versions::{self, Tool};

const UPDATE: [&str; 2] = ["apt-get", "update"];
const INSTALL: [&str; 4] = ["apt-get", "install", "-y", "--no-install-recommends"];

/// `kind` is a kind of the versions file.
///
/// # Errors
/// [`Failure::Missing`] with the line to run, when this user may not install packages.
pub(crate) fn install_missing(kind: &str) -> Result<(), Failure> {
    let missing: Vec<Tool> =
        versions::of_kind(kind).filter(|tool| !Path::new(tool.proof).exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|tool| tool.name).collect();
    let right = Right::of_this_user().ok_or_else(|| Failure::Missing(instructions(&names)))?;
    process::run("apt-get update", right.command(&UPDATE))?;
    process::run("apt-get install", right.command(&[&INSTALL, names.as_slice()].concat()))
}

fn instructions(names: &[&str]) -> String {
    let (update, install) = (UPDATE.join(" "), INSTALL.join(" "));
    format!(
        "Please install what this needs, and run this again:\n  sudo {update} && sudo {install} {}",
        names.join(" ")
    )
}

/// By what right this process may install packages.
#[derive(Debug, Clone, Copy)]
enum Right {
    Root,
    Sudo,
}

impl Right {
    fn of_this_user() -> Option<Self> {
        if !succeeds(&["apt-get", "--version"]) {
            return None;
        }
        if is_root() {
            return Some(Self::Root);
        }
        succeeds(&["sudo", "-n", "true"]).then_some(Self::Sudo)
    }

    fn command(self, words: &[&str]) -> Command {
        let prefix: &[&str] = match self {
            Self::Root => &["env"],
            Self::Sudo => &["sudo", "-n", "env"],
        };
        command(&[prefix, &["DEBIAN_FRONTEND=noninteractive"], words].concat())
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn succeeds(words: &[&str]) -> bool {
    command(words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn command(words: &[&str]) -> Command {
    let (program, arguments) = words.split_first().expect("a command has a name");
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instructions_are_a_line_to_paste() {
        assert_eq!(
            instructions(&["strace", "chromium"]).lines().last(),
            Some(
                "  sudo apt-get update && sudo apt-get install -y --no-install-recommends strace chromium"
            )
        );
    }
}
