//! A named piece of a test run.

use std::process::Command;

use crate::failure::Failure;
use crate::process::{self, Lines};
use crate::tally::Tally;
use crate::workspace::Workspace;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// Names of earlier steps, without whose success this one makes no sense.
    pub(crate) needs: &'static [&'static str],
    pub(crate) work: fn(&Run) -> Result<Tally, Broken>,
}

/// What a whole run shares.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) workspace: &'a Workspace,
    /// Rewrite golden files instead of comparing with them.
    pub(crate) update: bool,
}

/// Why a step failed, with what was counted until then.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) tally: Tally,
    pub(crate) failure: Failure,
}

impl<E: Into<Failure>> From<E> for Broken {
    fn from(failure: E) -> Self {
        Self { tally: Tally::default(), failure: failure.into() }
    }
}

impl Run<'_> {
    /// Runs a program that either succeeds or does not.
    pub(crate) fn check(&self, name: &str, command: Command) -> Result<Tally, Broken> {
        process::run(name, command)?;
        Ok(Tally::default())
    }

    /// Runs a program that runs tests, in the environment that tests may rely on, and counts them.
    pub(crate) fn tests(&self, name: &str, mut command: Command) -> Result<Tally, Broken> {
        self.prepare(&mut command);
        let (mut lines, mut tally) = (Lines::default(), Tally::default());
        let outcome = process::tee(name, command, |piece| {
            lines.push(piece);
            std::iter::from_fn(|| lines.pop()).for_each(|line| tally.count(&line));
        });
        lines.finish();
        std::iter::from_fn(|| lines.pop()).for_each(|line| tally.count(&line));
        judge(name, tally, outcome)
    }

    fn prepare(&self, command: &mut Command) {
        command.env("STICKY_BIN", self.workspace.debug_server());
        command.env("INSTA_UPDATE", if self.update { "always" } else { "no" });
        if self.update {
            command.env("STICKY_UPDATE_GOLDENS", "1");
        }
    }
}

/// Tests that count as none would hide a broken filter or a renamed directory for ever.
fn judge(name: &str, tally: Tally, outcome: Result<(), Failure>) -> Result<Tally, Broken> {
    match outcome {
        Err(failure) => Err(Broken { tally, failure }),
        Ok(()) if tally.is_empty() => {
            Err(Failure::Failed(format!("{name} ran no test that could be counted")).into())
        }
        Ok(()) if tally.failed > 0 => {
            let failure =
                Failure::Failed(format!("{name} counted failures and exited with success"));
            Err(Broken { tally, failure })
        }
        Ok(()) => Ok(tally),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: Tally = Tally { passed: 3, failed: 0, skipped: 0 };

    #[test]
    fn no_tests_is_a_failure() {
        assert!(judge("web", Tally::default(), Ok(())).is_err());
        assert_eq!(judge("web", SOME, Ok(())).unwrap(), SOME);
    }

    #[test]
    fn a_failure_keeps_its_counts() {
        let broken = judge("web", SOME, Err(Failure::Failed("exit 1".to_owned()))).unwrap_err();
        assert_eq!(broken.tally, SOME);
        assert!(judge("web", Tally { failed: 1, ..SOME }, Ok(())).is_err());
    }
}
