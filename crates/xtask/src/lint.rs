//! `cargo xtask lint`: the checks that need no build of the web app.

use crate::failure::Failure;
use crate::options;
use crate::report::Report;
use crate::step::{Broken, Run, Step};
use crate::tally::Tally;
use crate::workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask lint

Formatting, clippy, the house rules (crates/xtask/tests), and licences and bans with cargo-deny where it is installed.";

const STEPS: [Step; 4] = [
    Step { name: "format", needs: &[], work: format },
    Step { name: "clippy", needs: &[], work: clippy },
    Step { name: "house", needs: &[], work: house },
    Step { name: "deny", needs: &[], work: deny },
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [] => lint(workspace),
        _ if options::asks_for_help(arguments) => options::print_help(HELP),
        [first, ..] => Err(options::unknown(first, HELP)),
    }
}

fn lint(workspace: &Workspace) -> Result<(), Failure> {
    let report = Report::of(&STEPS, &Run { workspace, update: false })?;
    report.close()
}

pub(crate) fn format(run: &Run) -> Result<Tally, Broken> {
    run.check("format", run.workspace.cargo(["fmt", "--all", "--check"]))
}

pub(crate) fn clippy(run: &Run) -> Result<Tally, Broken> {
    run.check(
        "clippy",
        run.workspace.cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )
}

fn house(run: &Run) -> Result<Tally, Broken> {
    run.tests("house", run.workspace.cargo(["test", "--package", "xtask", "--test", "*"]))
}

/// Advisories are left out: they need a database from the network.
fn deny(run: &Run) -> Result<Tally, Broken> {
    let installed = run.workspace.cargo(["deny", "--version"]).output()?.status.success();
    if !installed {
        println!("skipped: cargo-deny is not installed");
        return Ok(Tally::default());
    }
    run.check(
        "deny",
        run.workspace.cargo(["deny", "--offline", "check", "licenses", "bans", "sources"]),
    )
}
