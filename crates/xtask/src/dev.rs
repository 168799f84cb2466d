//! `cargo xtask dev`: build what changed and serve it on this computer.

use std::fs::{self, File};
use std::io::{self, PipeWriter};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;

use crate::announce;
use crate::failure::Failure;
use crate::npm;
use crate::options;
use crate::port;
use crate::progress::quietly;
use crate::workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask dev [--logs]

Installs the npm packages and builds the web app and the server where they changed, serves on the next free port
from 8080 on, for this computer only and without sign-in, and prints the address. Ctrl-C stops it.

  --logs         show the server's log here instead of writing it to target/dev.log
  DATABASE_URL   where notes are kept; sqlite://./sticky.db when it is not set";

const FIRST_PORT: u16 = 8080;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if options::asks_for_help(arguments) {
        return options::print_help(HELP);
    }
    let log = log_file(workspace, arguments)?;
    build(workspace)?;
    let address = port::next_free(FIRST_PORT)?;
    let life = announce::start(address, log.as_deref())?;
    Err(become_server(workspace, address, log, life))
}

/// Where the log goes; `None` is the terminal.
fn log_file(workspace: &Workspace, arguments: &[String]) -> Result<Option<PathBuf>, Failure> {
    match arguments {
        [] => Ok(Some(workspace.target.join("dev.log"))),
        [flag] if flag == "--logs" => Ok(None),
        [.., last] => Err(options::unknown(last, HELP)),
    }
}

fn build(workspace: &Workspace) -> Result<(), Failure> {
    npm::install(workspace, quietly)?;
    npm::build(workspace, quietly)?;
    quietly("server", workspace.cargo(["build", "--package", "sticky-server"]))
}

/// Turns this process into the server, so that Ctrl-C, `kill` and the exit code are the server's own and nothing is
/// left behind. Only returns when that fails.
fn become_server(
    workspace: &Workspace,
    address: SocketAddr,
    log: Option<PathBuf>,
    life: PipeWriter,
) -> Failure {
    let mut server = workspace.command(&workspace.debug_server().to_string_lossy());
    server.args(["serve", "--insecure-local-dev", "--listen", &address.to_string()]).stdin(life);
    if let Some(path) = log {
        match outputs(path) {
            Ok((out, err)) => server.stdout(out).stderr(err),
            Err(error) => return error.into(),
        };
    }
    let error = server.exec();
    Failure::Failed(format!("{} did not start: {error}", server.get_program().display()))
}

fn outputs(path: PathBuf) -> io::Result<(File, File)> {
    let out = fs::OpenOptions::new().append(true).create(true).open(path)?;
    let err = out.try_clone()?;
    Ok((out, err))
}
