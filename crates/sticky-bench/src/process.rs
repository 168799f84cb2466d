//! What a process has used, read from /proc.

use std::fs;
use std::io;
use std::process::Command;
use std::time::Duration;

/// Linux reports processor time in hundredths of a second on every platform that we measure on.
const TICK: Duration = Duration::from_millis(10);

/// Processor time and memory of a process at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// User and system time of all threads, living or ended.
    pub cpu: Duration,
    /// Resident memory.
    pub rss_kib: u64,
}

impl Usage {
    /// Reads it now.
    ///
    /// # Errors
    /// When there is no such process, or no /proc.
    pub fn of(pid: u32) -> io::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        Ok(Self {
            cpu: cpu(&stat).ok_or_else(|| unreadable("stat"))?,
            rss_kib: rss(&status).ok_or_else(|| unreadable("status"))?,
        })
    }
}

fn unreadable(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("/proc/…/{what} cannot be read"))
}

/// Fields 14 and 15, counted after the name, which may hold anything.
fn cpu(stat: &str) -> Option<Duration> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(TICK * (user + system))
}

fn rss(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How many files this process may open.
pub fn open_files() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Whom a process has started and not waited for.
pub(crate) fn children(pid: u32) -> io::Result<Vec<u32>> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    Ok(list.split_whitespace().filter_map(|child| child.parse().ok()).collect())
}

/// Sends a signal, by the shell's own `kill`: not every system has the program.
pub(crate) fn signal(name: &str, pid: u32) -> io::Result<()> {
    Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_used_something() {
        let usage = Usage::of(std::process::id()).unwrap();
        assert!(usage.rss_kib > 100);
        assert!(open_files().unwrap() > 10);
    }

    #[test]
    fn a_name_may_hold_brackets() {
        let stat = "7 (a) b) S 1 1 1 0 -1 4194304 100 0 0 0 12 30 0 0 20 0 1 0 5 6 7";
        assert_eq!(cpu(stat), Some(TICK * 42));
    }
}
