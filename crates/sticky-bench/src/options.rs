//! The command line: a name, then flags with a value or without.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::error::BenchError;

/// Flags that stand alone.
const SWITCHES: [&str; 3] = ["json", "realtime", "stock"];
/// Flags with a value.
const VALUES: [&str; 11] = [
    "seconds",
    "rounds",
    "connections",
    "trace",
    "seed",
    "seeds",
    "edits",
    "documents",
    "people",
    "database",
    "engine",
];

/// What was asked for.
#[derive(Debug, Default, Clone)]
pub struct Options {
    flags: BTreeMap<String, String>,
}

impl Options {
    /// Reads what follows the name.
    ///
    /// # Errors
    /// When a flag is unknown or lacks its value.
    pub fn parse(arguments: &[String]) -> Result<Self, BenchError> {
        let (mut flags, mut rest) = (BTreeMap::new(), arguments.iter());
        while let Some(argument) = rest.next() {
            let name = argument.strip_prefix("--").unwrap_or_default();
            let value = if SWITCHES.contains(&name) {
                String::new()
            } else if VALUES.contains(&name) {
                rest.next().ok_or_else(|| usage(format!("--{name} needs a value")))?.clone()
            } else {
                return Err(usage(format!("`{argument}` is not understood; try `help`")));
            };
            flags.insert(name.to_owned(), value);
        }
        Ok(Self { flags })
    }

    pub fn has(&self, switch: &str) -> bool {
        self.flags.contains_key(switch)
    }

    /// The value of a flag, if it was given.
    ///
    /// # Errors
    /// When it is not a `T`.
    pub fn get<T: FromStr>(&self, name: &str) -> Result<Option<T>, BenchError> {
        let parse = |value: &String| {
            value.parse().map_err(|_| usage(format!("--{name} {value}: not a value for it")))
        };
        self.flags.get(name).map(parse).transpose()
    }

    /// The value of a flag, or what it is by default.
    ///
    /// # Errors
    /// When it is not a `T`.
    pub fn or<T: FromStr>(&self, name: &str, default: T) -> Result<T, BenchError> {
        Ok(self.get(name)?.unwrap_or(default))
    }
}

fn usage(message: String) -> BenchError {
    BenchError::Usage(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, BenchError> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_have_values_of_their_type() {
        let options = parse("--json --seconds 3").unwrap();
        assert!(options.has("json") && !options.has("stock"));
        assert_eq!(options.or("seconds", 12).unwrap(), 3);
        assert_eq!(options.or("rounds", 5).unwrap(), 5);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in ["seconds 3", "--second 3", "--seconds", "-s"] {
            assert!(parse(line).is_err(), "{line}");
        }
        assert!(parse("--seconds x").unwrap().get::<u64>("seconds").is_err());
    }
}
