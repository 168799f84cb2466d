//! Other programs, run to their end: with their output shown, kept for a failure, or shown and counted.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Read, Write};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;

const TICK: Duration = Duration::from_millis(100);

/// How long output may trail its program's end. Longer means that a program left behind holds the pipe.
const TRAILING_OUTPUT: Duration = Duration::from_secs(5);

/// Runs a program on our own terminal.
pub(crate) fn run(name: &str, mut command: Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| did_not_start(name, &command, &error))?;
    check(name, status)
}

/// Runs a program and hands every piece of its output (stdout and stderr as one) to `sink`, and an empty piece
/// at each tick of its silence.
pub(crate) fn pipe(
    name: &str,
    command: Command,
    mut sink: impl FnMut(&[u8]),
) -> Result<(), Failure> {
    let (mut child, output) = spawn(name, command)?;
    let mut ended: Option<Instant> = None;
    loop {
        match output.recv_timeout(TICK) {
            Ok(piece) => sink(&piece),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => sink(&[]),
        }
        if ended.is_none() && child.try_wait()?.is_some() {
            ended = Some(Instant::now());
        }
        if ended.is_some_and(|at| at.elapsed() > TRAILING_OUTPUT) {
            eprintln!("{name} ended, but something that it started still runs.");
            break;
        }
    }
    check(name, child.wait()?)
}

/// Shows a program's output as it comes, and hands it on to `sink`.
pub(crate) fn tee(
    name: &str,
    mut command: Command,
    mut sink: impl FnMut(&[u8]),
) -> Result<(), Failure> {
    if io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut broken = None;
    let outcome = pipe(name, command, |piece| {
        sink(piece);
        broken = io::stdout()
            .write_all(piece)
            .and_then(|()| io::stdout().flush())
            .err()
            .or(broken.take());
    });
    broken.map_or(outcome, |error| Err(error.into()))
}

fn spawn(name: &str, mut command: Command) -> Result<(Child, Receiver<Vec<u8>>), Failure> {
    let (reader, writer) = io::pipe()?;
    command.stdin(std::process::Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn().map_err(|error| did_not_start(name, &command, &error))?;
    Ok((child, pieces_of(reader)))
    // `command` ends here, and with it our own ends for writing: else the reader would never see the end.
}

fn pieces_of(mut reader: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

fn did_not_start(name: &str, command: &Command, error: &io::Error) -> Failure {
    Failure::Failed(format!("{name}: {} did not start: {error}", command.get_program().display()))
}

fn check(name: &str, status: ExitStatus) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(Failure::Failed(format!("{name} failed: {status}"))) }
}

/// Output as lines, without terminal colours; a line that has not ended yet waits for its end.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    unfinished: Vec<u8>,
    finished: VecDeque<String>,
}

impl Lines {
    pub(crate) fn push(&mut self, piece: &[u8]) {
        for byte in piece {
            match byte {
                b'\n' | b'\r' => self.finish(),
                byte => self.unfinished.push(*byte),
            }
        }
    }

    /// The next whole line.
    pub(crate) fn pop(&mut self) -> Option<String> {
        self.finished.pop_front()
    }

    /// Ends the last line, which programs need not do.
    pub(crate) fn finish(&mut self) {
        if !self.unfinished.is_empty() {
            self.finished.push_back(without_colours(&String::from_utf8_lossy(&self.unfinished)));
            self.unfinished.clear();
        }
    }
}

fn without_colours(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part
            .split_once(|letter: char| letter.is_ascii_alphabetic())
            .map_or("", |(_, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_of_both_kinds_arrives_and_the_exit_code_counts() {
        let mut seen = Vec::new();
        let outcome = pipe("talk", shell("echo out; echo err >&2; exit 3"), |piece| {
            seen.extend_from_slice(piece)
        });
        assert_eq!(String::from_utf8(seen).unwrap(), "out\nerr\n");
        assert!(outcome.unwrap_err().to_string().contains("talk failed: exit status: 3"));
    }

    #[test]
    fn a_program_left_behind_does_not_hold_us_for_ever() {
        let started = Instant::now();
        pipe("leave", shell("sleep 15 & echo $!"), |_| ()).unwrap();
        assert!(started.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_missing_program_is_named() {
        let outcome = run("web build", Command::new("no-such-program"));
        assert!(
            outcome
                .unwrap_err()
                .to_string()
                .starts_with("web build: no-such-program did not start")
        );
    }

    #[test]
    fn lines_come_whole_and_without_colours() {
        let mut lines = Lines::default();
        lines.push(b"\x1b[1m\x1b[32mtest res");
        assert_eq!(lines.pop(), None);
        lines.push(b"ult\x1b[0m: ok\nlast");
        assert_eq!(lines.pop().as_deref(), Some("test result: ok"));
        lines.finish();
        assert_eq!(lines.pop().as_deref(), Some("last"));
    }
}
