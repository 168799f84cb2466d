//! What commands print, for people or for scripts.

use std::io::{self, Write as _};

use serde::Serialize;

/// One line on standard output. A reader that has gone away is not a failure.
pub(super) fn say(line: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// `value` as one line of JSON if `json`, else as `text`.
pub(super) fn tell(json: bool, value: &impl Serialize, text: &str) -> anyhow::Result<()> {
    if json { say(&serde_json::to_string(value)?) } else { say(text) }
}
