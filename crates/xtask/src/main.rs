//! `cargo xtask`: sets up, runs, tests and measures Sticky. It has no dependencies, so that it is built in a second.
#![expect(clippy::print_stdout, reason = "a program for the command line speaks on stdout")]

mod announce;
mod apt;
mod bench;
mod contract;
mod dev;
mod failure;
mod fuzz;
mod health;
mod lint;
mod node;
mod npm;
mod options;
mod plan;
mod port;
mod process;
mod progress;
mod python;
mod report;
mod stamp;
mod step;
mod tally;
mod test;
mod tree;
mod versions;
mod workspace;

use std::process::ExitCode;

use failure::Failure;
use workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask <command>

  dev     build what changed and serve Sticky on this computer
  test    check, build and test everything
  lint    the checks that need no build of the web app
  bench   run one of the measurements of sticky-bench
  fuzz    fuzz the parsers of foreign input

Each command has --help.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Reported) {
                eprintln!("{failure}");
            }
            failure.exit_code()
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let (command, rest) = arguments.split_first().ok_or(Failure::Usage(HELP.to_owned()))?;
    let workspace = Workspace::find()?;
    match command.as_str() {
        "dev" => dev::run(&workspace, rest),
        "test" => test::run(&workspace, rest),
        "lint" => lint::run(&workspace, rest),
        "bench" => bench::run(&workspace, rest),
        "fuzz" => fuzz::run(&workspace, rest),
        announce::COMMAND => announce::run(rest),
        "--help" | "-h" | "help" => options::print_help(HELP),
        other => Err(Failure::Usage(format!("There is no command `{other}`.\n\n{HELP}"))),
    }
}
