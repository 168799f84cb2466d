//! `cargo xtask fuzz`: bounded fuzzing of the parsers of foreign input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::apt;
use crate::failure::Failure;
use crate::options;
use crate::process;
use crate::versions;
use crate::workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask fuzz [target] [--seconds N]

Fuzzes one target of fuzz/, or each in turn, for N seconds (60). New inputs are kept under target/fuzz-corpus;
fuzz/corpus is read and not written. A finding lies in fuzz/artifacts and ends the run.";

#[derive(Debug, PartialEq, Eq)]
struct Options {
    target: Option<String>,
    seconds: u32,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self { target: None, seconds: 60 };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--seconds" => options.seconds = options::value(argument, rest.next())?,
                name if !name.starts_with('-') && options.target.is_none() => {
                    options.target = Some(name.to_owned())
                }
                other => return Err(options::unknown(other, HELP)),
            }
        }
        Ok(options)
    }
}

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if options::asks_for_help(arguments) {
        return options::print_help(HELP);
    }
    let options = Options::parse(arguments)?;
    apt::install_missing("apt-fuzz")?;
    let cargo_fuzz = install(workspace)?;
    for target in targets(workspace, &cargo_fuzz, options.target)? {
        fuzz(workspace, &cargo_fuzz, &target, options.seconds)?;
    }
    Ok(())
}

/// The pinned cargo-fuzz; an upgrade of the pin replaces the one that is there.
fn install(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let tool = versions::cargo_tool("cargo-fuzz");
    let tools = workspace.target.join("tools");
    let mut install =
        workspace.cargo(["install", tool.name, "--version", tool.version, "--locked", "--root"]);
    install.arg(&tools);
    process::run("cargo-fuzz", install)?;
    Ok(tools.join(tool.proof))
}

fn targets(
    workspace: &Workspace,
    cargo_fuzz: &Path,
    chosen: Option<String>,
) -> Result<Vec<String>, Failure> {
    if let Some(target) = chosen {
        return Ok(vec![target]);
    }
    let list = command(workspace, cargo_fuzz, "list").output()?;
    let names: Vec<String> =
        String::from_utf8_lossy(&list.stdout).lines().map(str::to_owned).collect();
    if names.is_empty() {
        return Err(Failure::Failed("fuzz/ has no target.".to_owned()));
    }
    Ok(names)
}

fn fuzz(
    workspace: &Workspace,
    cargo_fuzz: &Path,
    target: &str,
    seconds: u32,
) -> Result<(), Failure> {
    let found = workspace.target.join("fuzz-corpus").join(target);
    fs::create_dir_all(&found)?;
    let kept = workspace.root.join("fuzz/corpus").join(target);
    let mut run = command(workspace, cargo_fuzz, "run");
    // libFuzzer writes what it finds into the first corpus only.
    run.arg(target).arg(found).args(kept.is_dir().then_some(kept));
    run.arg("--").arg(format!("-max_total_time={seconds}"));
    process::run(target, run)
}

/// The sanitizers are behind a nightly switch, which the stable compiler obeys when asked this way.
fn command(workspace: &Workspace, cargo_fuzz: &Path, verb: &str) -> Command {
    let mut command = workspace.command(&cargo_fuzz.to_string_lossy());
    command.env("RUSTC_BOOTSTRAP", "1").args([verb, "--fuzz-dir", "fuzz"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, Failure> {
        Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_target_and_a_time() {
        assert_eq!(parse(&[]).unwrap(), Options { target: None, seconds: 60 });
        let given = parse(&["--seconds", "5", "guard"]).unwrap();
        assert_eq!(given, Options { target: Some("guard".to_owned()), seconds: 5 });
    }

    #[test]
    fn anything_else_is_refused() {
        for words in [&["--seconds"][..], &["--seconds", "soon"], &["a", "b"], &["--minutes", "1"]]
        {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
