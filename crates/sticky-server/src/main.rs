//! The binary `sticky`.

use std::process::ExitCode;

use clap::Parser as _;
use sticky_server::command::Command;

fn main() -> ExitCode {
    let command = Command::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let code = match runtime.block_on(command.run()) {
        Ok(code) => code,
        Err(error) => failed(&error),
    };
    // What still runs after the grace is not waited for.
    runtime.shutdown_background();
    code
}

/// 2 for what the person who started us can change, 1 for the rest.
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("sticky: {error:#}");
    let usage = error.downcast_ref::<sticky_server::config::ConfigError>().is_some();
    ExitCode::from(if usage { 2 } else { 1 })
}
