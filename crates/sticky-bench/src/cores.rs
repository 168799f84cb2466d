//! Which core runs what: the server, or the floor, on the first, the generator on the second.

use std::process::{Command, Stdio};

/// How a measured process is started.
#[derive(Debug, Clone, Copy, Default)]
pub struct Placement {
    core: Option<usize>,
    realtime: bool,
}

impl Placement {
    /// Wherever the system likes.
    pub const ANYWHERE: Self = Self { core: None, realtime: false };

    /// The core of what is measured. `realtime` puts it before ordinary processes, for a machine that others use too.
    pub fn measured(realtime: bool) -> Self {
        Self { core: can_pin().then_some(0), realtime }
    }

    /// Moves this process to the generator's core until [`Self::release`].
    pub fn take_generators_core(realtime: bool) {
        let pid = std::process::id().to_string();
        if can_pin() {
            quietly("taskset", &["-a", "-p", "-c", "1", &pid]);
        }
        if realtime {
            Self::before_others();
        }
    }

    /// Lets this process run anywhere again.
    pub fn release() {
        let pid = std::process::id().to_string();
        quietly("taskset", &["-a", "-p", "-c", "0-1", &pid]);
        quietly("chrt", &["--other", "-a", "-p", "0", &pid]);
    }

    /// Puts this process, and what it starts from now on, before ordinary ones.
    pub fn before_others() {
        let pid = std::process::id().to_string();
        quietly("chrt", &["--rr", "-a", "-p", "10", &pid]);
    }

    pub fn is_pinned(self) -> bool {
        self.core.is_some()
    }

    /// `program`, to be started here.
    pub fn command(self, program: &std::path::Path) -> Command {
        let mut words: Vec<std::ffi::OsString> = Vec::new();
        if let Some(core) = self.core {
            words.extend(["taskset", "-c"].map(Into::into));
            words.push(core.to_string().into());
        }
        if self.realtime {
            words.extend(["chrt", "--rr", "10"].map(Into::into));
        }
        words.push(program.into());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }
}

/// Whether a process may be put before all ordinary ones.
pub fn has_realtime() -> bool {
    quietly("chrt", &["--rr", "10", "true"])
}

fn can_pin() -> bool {
    quietly("taskset", &["-c", "0", "true"]) && quietly("taskset", &["-c", "1", "true"])
}

fn quietly(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
