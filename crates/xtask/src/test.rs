//! `cargo xtask test`: check, build and test everything.

use crate::apt;
use crate::contract;
use crate::failure::Failure;
use crate::lint;
use crate::npm;
use crate::options;
use crate::plan;
use crate::process;
use crate::python;
use crate::report::Report;
use crate::step::{Broken, Run, Step};
use crate::tally::Tally;
use crate::tree::Tree;
use crate::workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask test [--update] [step]…

Installs what is missing, then checks, builds and tests everything. A step is any part of a step's name; what it
needs is run too.

  --update   write golden files anew instead of comparing with them

Steps:";

const STEPS: [Step; 13] = [
    Step { name: "format", needs: &[], work: lint::format },
    Step { name: "machine", needs: &[], work: machine },
    Step { name: "clippy", needs: &[], work: lint::clippy },
    Step { name: "packages", needs: &[], work: packages },
    Step { name: "web-check", needs: &["packages"], work: web_check },
    Step { name: "web-app", needs: &["packages"], work: web_app },
    Step { name: "build", needs: &[], work: build },
    Step { name: "rust", needs: &["machine", "web-app", "build"], work: rust },
    Step { name: "contract", needs: &["machine", "build"], work: contract::check },
    Step { name: "web-unit", needs: &["packages"], work: |run| web_tests(run, "test") },
    Step { name: "interop", needs: &["packages", "build"], work: |run| web_tests(run, "interop") },
    Step {
        name: "interop-postgres",
        needs: &["machine", "packages", "build"],
        work: interop_on_postgres,
    },
    Step {
        name: "e2e",
        needs: &["machine", "web-app", "build"],
        work: |run| web_tests(run, "e2e"),
    },
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if options::asks_for_help(arguments) {
        return options::print_help(&help());
    }
    let (flags, filters): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with('-'));
    if let Some(flag) = flags.iter().find(|flag| **flag != "--update") {
        return Err(options::unknown(flag, &help()));
    }
    let run = Run { workspace, update: !flags.is_empty() };
    test(&run, &plan::choose(&STEPS, &filters)?)
}

fn help() -> String {
    format!("{HELP} {}", plan::names(&STEPS))
}

fn test(run: &Run, steps: &[Step]) -> Result<(), Failure> {
    let before = Tree::look(run.workspace);
    let mut report = Report::of(steps, run)?;
    if !run.update {
        report.add_check("tree", before.expect_same(&Tree::look(run.workspace)));
    }
    report.close()
}

fn machine(run: &Run) -> Result<Tally, Broken> {
    apt::install_missing("apt")?;
    python::install(run.workspace, "moto")?;
    Ok(Tally::default())
}

fn packages(run: &Run) -> Result<Tally, Broken> {
    npm::install(run.workspace, process::run)?;
    Ok(Tally::default())
}

fn web_app(run: &Run) -> Result<Tally, Broken> {
    npm::build(run.workspace, process::run)?;
    Ok(Tally::default())
}

fn web_check(run: &Run) -> Result<Tally, Broken> {
    run.check("web-check", npm::script(run.workspace, "check"))
}

fn web_tests(run: &Run, script: &str) -> Result<Tally, Broken> {
    run.tests(script, npm::script(run.workspace, script))
}

/// What a client of ours lives through, on the engine for many nodes.
fn interop_on_postgres(run: &Run) -> Result<Tally, Broken> {
    run.tests("interop-postgres", npm::script_on_postgres(run.workspace, "interop", "session"))
}

/// Server and tests in one go: building the server alone would choose other features for what both use, and so
/// build that twice.
fn build(run: &Run) -> Result<Tally, Broken> {
    run.check("build", run.workspace.cargo(["build", "--workspace", "--bins", "--tests"]))
}

fn rust(run: &Run) -> Result<Tally, Broken> {
    run.tests("rust", run.workspace.cargo(["test", "--workspace", "--no-fail-fast"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_needs_only_earlier_steps() {
        for (index, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(
                    STEPS[..index].iter().any(|earlier| earlier.name == *need),
                    "{} needs {need}",
                    step.name
                );
            }
        }
    }
}
