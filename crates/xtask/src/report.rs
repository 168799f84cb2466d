//! What came of each step, and of the whole run.

use std::fmt;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::step::{Broken, Run, Step};
use crate::tally::Tally;

#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
    tally: Tally,
}

#[derive(Debug)]
enum Outcome {
    Passed,
    Failed(Failure),
    /// The step named here did not succeed.
    NotRun(&'static str),
}

impl Report {
    /// Runs `steps` in order. A step that fails takes only those with it that need it; what this computer lacks
    /// ends the run.
    pub(crate) fn of(steps: &[Step], run: &Run) -> Result<Self, Failure> {
        let mut report = Self::default();
        for step in steps {
            report.add(step, run)?;
        }
        Ok(report)
    }

    fn add(&mut self, step: &Step, run: &Run) -> Result<(), Failure> {
        if let Some(need) = step.needs.iter().find(|need| !self.succeeded(need)) {
            self.rows.push(Row::not_run(step.name, need));
            return Ok(());
        }
        println!("== {}", step.name);
        let started = Instant::now();
        let result = (step.work)(run);
        let row = Row::new(step.name, started.elapsed(), result)?;
        println!("{row}");
        self.rows.push(row);
        Ok(())
    }

    fn succeeded(&self, name: &str) -> bool {
        self.rows.iter().any(|row| row.name == name && matches!(row.outcome, Outcome::Passed))
    }

    /// Adds a check of what the steps did together.
    pub(crate) fn add_check(&mut self, name: &'static str, result: Result<(), Failure>) {
        let outcome = result.map_or_else(Outcome::Failed, |()| Outcome::Passed);
        self.rows.push(Row { name, outcome, took: Duration::ZERO, tally: Tally::default() });
    }

    /// Prints the report, whose last line is the count of tests.
    pub(crate) fn close(&self) -> Result<(), Failure> {
        println!("{self}");
        if self.is_green() { Ok(()) } else { Err(Failure::Reported) }
    }

    fn is_green(&self) -> bool {
        self.rows.iter().all(|row| matches!(row.outcome, Outcome::Passed))
    }

    /// Tests of all steps; a step that fails without a failed test counts as one.
    fn total(&self) -> Tally {
        self.rows.iter().map(Row::counted).sum()
    }
}

impl Row {
    fn new(
        name: &'static str,
        took: Duration,
        result: Result<Tally, Broken>,
    ) -> Result<Self, Failure> {
        let (tally, outcome) = match result {
            Ok(tally) => (tally, Outcome::Passed),
            Err(Broken { failure: missing @ Failure::Missing(_), .. }) => return Err(missing),
            Err(Broken { tally, failure }) => (tally, Outcome::Failed(failure)),
        };
        Ok(Self { name, outcome, took, tally })
    }

    fn not_run(name: &'static str, need: &'static str) -> Self {
        Self { name, outcome: Outcome::NotRun(need), took: Duration::ZERO, tally: Tally::default() }
    }

    fn counted(&self) -> Tally {
        match self.outcome {
            Outcome::Failed(_) => Tally { failed: self.tally.failed.max(1), ..self.tally },
            Outcome::Passed | Outcome::NotRun(_) => self.tally,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "FAILED",
            Outcome::NotRun(_) => "not run",
        };
        write!(out, "{:<10} {outcome:<8} {:>7.1} s", self.name, self.took.as_secs_f64())?;
        if !self.tally.is_empty() {
            write!(out, "  {}", Counts(self.tally))?;
        }
        match &self.outcome {
            Outcome::Passed => Ok(()),
            Outcome::Failed(failure) => write!(out, "  {failure}"),
            Outcome::NotRun(need) => write!(out, "  needs {need}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out)?;
        self.rows.iter().try_for_each(|row| writeln!(out, "{row}"))?;
        let Tally { passed, failed, .. } = self.total();
        write!(out, "\n{passed} passed, {failed} failed")
    }
}

struct Counts(Tally);

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { passed, failed, skipped } = self.0;
        write!(out, "{passed} passed, {failed} failed")?;
        if skipped > 0 { write!(out, ", {skipped} skipped") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, result: Result<Tally, Broken>) -> Row {
        Row::new(name, Duration::from_millis(1500), result).unwrap()
    }

    fn broken(tally: Tally) -> Result<Tally, Broken> {
        Err(Broken { tally, failure: Failure::Failed("exit 101".to_owned()) })
    }

    #[test]
    fn the_closing_line_counts_every_step() {
        let tests = Tally { passed: 10, failed: 2, skipped: 1 };
        let rows = vec![
            row("clippy", broken(Tally::default())),
            row("rust", broken(tests)),
            row("web", Ok(Tally { passed: 5, ..Tally::default() })),
            Row::not_run("e2e", "clippy"),
        ];
        let report = Report { rows };
        assert!(!report.is_green());
        assert_eq!(report.to_string().lines().last(), Some("15 passed, 3 failed"));
        assert!(
            report.to_string().contains(
                "rust       FAILED       1.5 s  10 passed, 2 failed, 1 skipped  exit 101"
            )
        );
        assert!(report.to_string().contains("e2e        not run      0.0 s  needs clippy"));
    }

    #[test]
    fn what_this_computer_lacks_ends_the_run() {
        let result = Err(Failure::Missing("no node".to_owned()).into());
        assert!(Row::new("npm", Duration::ZERO, result).is_err());
    }
}
