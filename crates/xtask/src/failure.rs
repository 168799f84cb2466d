//! Why a command stopped, and the exit code that says so.

use std::fmt;
use std::io;
use std::process::ExitCode;

#[derive(Debug)]
pub(crate) enum Failure {
    /// Something that was run or looked for did not do what it should: exit code 1.
    Failed(String),
    /// The command line was not understood: exit code 2.
    Usage(String),
    /// A report that is already on the screen says what failed: exit code 1.
    Reported,
    /// This computer lacks something that only its owner can install: exit code 3.
    Missing(String),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) | Self::Reported => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
            Self::Missing(_) => ExitCode::from(3),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(text) | Self::Usage(text) | Self::Missing(text) => out.write_str(text),
            Self::Reported => Ok(()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
