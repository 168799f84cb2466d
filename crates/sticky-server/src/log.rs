//! Log lines: text for a person at a terminal, JSON for everything else. Never query strings, bodies or credentials.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::config::{Config, LogFormat};

/// Begins to log what passes `filter` to standard error.
///
/// # Errors
/// When it is not a filter.
pub(crate) fn start(config: &Config, filter: &str) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(filter)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let json = match config.log_format {
        LogFormat::Auto => !io::stderr().is_terminal(),
        LogFormat::Json => true,
        LogFormat::Text => false,
    };
    // Fails when a log is set already, as in a process that runs several servers: then that one is used.
    let _ = if json {
        tracing::subscriber::set_global_default(
            lines.json().flatten_event(true).with_span_list(false).finish(),
        )
    } else {
        tracing::subscriber::set_global_default(lines.with_target(false).finish())
    };
    Ok(())
}
