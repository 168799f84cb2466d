//! How many tests passed and failed, read from what the test programs print.

use std::iter::Sum;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests that said they did not run.
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Adds what `line` says, if it is the closing line of a test run of cargo test, Vitest, Node's own runner
    /// (`ℹ pass 3`) or a script that ends with `3 passed, 0 failed`.
    pub(crate) fn count(&mut self, line: &str) {
        let line = line.trim();
        if let Some(numbers) =
            line.strip_prefix("test result: ").or_else(|| line.strip_prefix("Tests  "))
        {
            self.add_counts(numbers);
        } else if let Some(numbers) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))
        {
            self.add_node(numbers);
        } else if line.starts_with(|first: char| first.is_ascii_digit())
            && line.contains(" passed, ")
        {
            self.add_counts(line);
        }
    }

    /// `ok. 12 passed; 0 failed; 1 ignored` or `1 failed | 11 passed (12)`.
    fn add_counts(&mut self, numbers: &str) {
        let words: Vec<&str> =
            numbers.split([' ', ';', ',', '|']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            self.add(pair[1], pair[0]);
        }
    }

    /// `pass 12`.
    fn add_node(&mut self, numbers: &str) {
        if let Some((word, number)) = numbers.split_once(' ') {
            self.add(word, number);
        }
    }

    fn add(&mut self, word: &str, number: &str) {
        let Ok(number) = number.parse::<u64>() else { return };
        match word {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" => self.failed += number,
            "ignored" | "skipped" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| Self {
            passed: sum.passed + tally.passed,
            failed: sum.failed + tally.failed,
            skipped: sum.skipped + tally.skipped,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> (u64, u64, u64) {
        let mut tally = Tally::default();
        text.lines().for_each(|line| tally.count(line));
        (tally.passed, tally.failed, tally.skipped)
    }

    #[test]
    fn cargo_test() {
        let text = "running 3 tests\ntest a ... ok\n\
            test result: FAILED. 2 passed; 1 failed; 4 ignored; 0 measured; 9 filtered out; finished in 0.01s\n\
            test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(counted(text), (7, 1, 4));
    }

    #[test]
    fn vitest() {
        let text = " Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 11 passed | 2 skipped (14)\n   Duration  1.2s";
        assert_eq!(counted(text), (11, 1, 2));
    }

    #[test]
    fn node() {
        assert_eq!(counted("ℹ tests 5\nℹ suites 0\nℹ pass 4\nℹ fail 1\nℹ skipped 0"), (4, 1, 0));
        assert_eq!(counted("# tests 2\n# pass 2\n# fail 0"), (2, 0, 0));
    }

    #[test]
    fn a_script_of_ours() {
        assert_eq!(counted("ok one\n3 passed, 1 failed"), (3, 1, 0));
    }

    #[test]
    fn talk_about_tests_is_not_counted() {
        assert_eq!(counted("it has passed, says 7\n# 3 passed the door"), (0, 0, 0));
    }
}
