//! What the commands' own argument parsers share.

use std::io::{self, Write};
use std::str::FromStr;

use crate::failure::Failure;

pub(crate) fn print_help(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

pub(crate) fn asks_for_help(arguments: &[String]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument == "--help" || argument == "-h")
}

pub(crate) fn unknown(argument: &str, help: &str) -> Failure {
    Failure::Usage(format!("`{argument}` is not understood.\n\n{help}"))
}

/// Reads the value that follows `flag`.
pub(crate) fn value<T: FromStr>(flag: &str, given: Option<&String>) -> Result<T, Failure> {
    let text = given.ok_or_else(|| Failure::Usage(format!("`{flag}` needs a value.")))?;
    text.parse().map_err(|_| Failure::Usage(format!("`{flag}` cannot be `{text}`.")))
}
