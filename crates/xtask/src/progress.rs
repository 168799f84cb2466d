//! Long work shown as one changing line, which is gone when the work is done.

use std::io::{self, IsTerminal, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::process::{self, Lines};

const WIDTH: usize = 100;
const BETWEEN_DRAWINGS: Duration = Duration::from_millis(100);

/// Runs a program; its output is seen only when it fails.
pub(crate) fn quietly(name: &str, command: Command) -> Result<(), Failure> {
    let mut line = Line::start(name);
    let (mut lines, mut kept) = (Lines::default(), Vec::new());
    let outcome = process::pipe(name, command, |piece| {
        lines.push(piece);
        kept.extend(std::iter::from_fn(|| lines.pop()));
        line.draw(kept.last().map_or("", |last| last.trim()));
    });
    lines.finish();
    kept.extend(std::iter::from_fn(|| lines.pop()));
    line.end();
    if outcome.is_err() {
        kept.iter().for_each(|text| eprintln!("{text}"));
    }
    outcome
}

#[derive(Debug)]
struct Line<'a> {
    name: &'a str,
    started: Instant,
    drawn: Option<Instant>,
    terminal: bool,
}

impl<'a> Line<'a> {
    fn start(name: &'a str) -> Self {
        let terminal = io::stderr().is_terminal();
        if !terminal {
            eprintln!("{name}…");
        }
        Self { name, started: Instant::now(), drawn: None, terminal }
    }

    fn draw(&mut self, detail: &str) {
        if !self.terminal || self.drawn.is_some_and(|at| at.elapsed() < BETWEEN_DRAWINGS) {
            return;
        }
        self.drawn = Some(Instant::now());
        let seconds = self.started.elapsed().as_secs();
        let text: String =
            format!("{} {seconds} s  {detail}", self.name).chars().take(WIDTH).collect();
        rewrite(&text);
    }

    fn end(self) {
        if self.terminal {
            rewrite("");
        } else {
            eprintln!("{} {:.1} s", self.name, self.started.elapsed().as_secs_f64());
        }
    }
}

/// Progress is a courtesy: a terminal that went away does not stop the work.
fn rewrite(text: &str) {
    let mut terminal = io::stderr();
    let _ = write!(terminal, "\r\x1b[2K{text}").and_then(|()| terminal.flush());
}
