//! What outlives a test that ends badly, to clean up after it.

use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Runs a server until nobody holds its standard input any more, however they ended; then stops it and takes its
/// directory away. Arguments: the directory, then the command.
const KEEPER: &str = r#"
    trap '' INT HUP TERM
    directory=$1; shift
    "$@" >>"$directory/log" 2>&1 &
    echo $!
    cat >/dev/null
    kill -INT $! 2>/dev/null
    wait $!
    rm -rf "$directory"
"#;

/// Keeps one run of a server. Dropped, it ends it.
#[derive(Debug)]
pub(crate) struct Keeper {
    child: Child,
    input: Option<ChildStdin>,
}

impl Keeper {
    /// Starts `server` in `directory`; returns with its pid.
    pub(crate) fn start(directory: &Path, server: &Command) -> io::Result<(Self, u32)> {
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "keeper"])
            .arg(directory)
            .arg(server.get_program())
            .args(server.get_args());
        for (name, value) in server.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut pid = String::new();
        BufReader::new(output).read_line(&mut pid)?;
        let pid = pid.trim().parse().map_err(io::Error::other)?;
        Ok((Self { child, input }, pid))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.input.take());
        // It has ended, or the computer has worse troubles.
        let _ = self.child.wait();
    }
}
