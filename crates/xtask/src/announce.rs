//! The companion of `dev`: prints the address once the server answers, and the end of its log should it die.
//!
//! `dev` becomes the server, so somebody else has to watch it. The server's stdin is the writing end of a pipe and
//! the companion's stdin the reading end: it ends with the server, however the server ends. Ctrl-C reaches both, and
//! the companion then leaves without a word.

use std::env;
use std::fs;
use std::io::{self, PipeWriter, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::failure::Failure;
use crate::health;

/// Not in the help: `dev` calls it.
pub(crate) const COMMAND: &str = "announce";

const PATIENCE: Duration = Duration::from_secs(60);
const LAST_LINES: usize = 20;

/// Starts the companion. The server has to hold what is returned as its stdin.
pub(crate) fn start(address: SocketAddr, log: Option<&Path>) -> Result<PipeWriter, Failure> {
    let (ends_with_server, life) = io::pipe()?;
    let mut companion = Command::new(env::current_exe()?);
    companion.args([COMMAND, &address.to_string()]).stdin(ends_with_server);
    if let Some(log) = log {
        fs::write(log, "")?;
        companion.arg(log);
    }
    companion.spawn()?;
    Ok(life)
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let [address, log @ ..] = arguments else {
        return Err(Failure::Usage(format!("`{COMMAND}` is for `dev` alone.")));
    };
    let address =
        address.parse().map_err(|_| Failure::Usage(format!("`{address}` is no address.")))?;
    thread::spawn(move || print_address(address));
    io::stdin().read_to_end(&mut Vec::new())?;
    Err(Failure::Failed(obituary(log.first().map(Path::new))))
}

fn print_address(address: SocketAddr) {
    if health::wait(address, PATIENCE) {
        println!("http://{address}");
    } else {
        eprintln!("The server does not answer at http://{address}/healthz.");
    }
}

fn obituary(log: Option<&Path>) -> String {
    let Some(log) = log else {
        return "The server has stopped.".to_owned();
    };
    let text = fs::read_to_string(log).unwrap_or_default();
    format!("The server has stopped. The end of its log, {}:\n{}", log.display(), last_lines(&text))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_log_is_shown() {
        let log: String = (1..=50).map(|line| format!("line {line}\n")).collect();
        assert!(last_lines(&log).starts_with("line 31\n") && last_lines(&log).ends_with("line 50"));
        assert_eq!(last_lines("one"), "one");
        assert_eq!(last_lines(""), "");
    }
}
