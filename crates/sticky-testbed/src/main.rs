//! `on-postgres COMMAND…` runs a command with `DATABASE_URL` naming a new database on a new Postgres.

use std::io;
use std::process::{Command, ExitCode};

use sticky_testbed::Postgres;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("on-postgres: {error}");
            ExitCode::from(2)
        }
    }
}

/// The exit code is the command's.
fn run(words: &[String]) -> io::Result<ExitCode> {
    let (program, arguments) =
        words.split_first().ok_or_else(|| io::Error::other("which command is to run?"))?;
    let postgres = Postgres::start(&["fsync=off"])?;
    let status = Command::new(program)
        .args(arguments)
        .env("DATABASE_URL", postgres.create("notes")?)
        .status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
