//! What strace wrote down.

use std::collections::HashMap;

/// The beginnings and ends of syscalls, in the order in which they happened.
pub(crate) struct Calls {
    moments: Vec<Moment>,
}

#[derive(Debug, Clone)]
enum Moment {
    /// Something was read from the socket of the client with this port.
    Received(u16),
    SyncBegun(Thread),
    SyncDone(Thread),
    /// This is about to be sent to the client with this port.
    Sending(u16, String),
}

type Thread = u32;

const SYNCS: [&str; 2] = ["fsync", "fdatasync"];
const RECEIVES: [&str; 4] = ["recvfrom", "read", "readv", "recvmsg"];
const SENDS: [&str; 4] = ["sendto", "write", "writev", "sendmsg"];

impl Calls {
    pub(crate) fn read(text: &str) -> Self {
        let (mut moments, mut unfinished) = (Vec::new(), HashMap::new());
        for line in text.lines() {
            let Some((thread, call)) = split(line) else { continue };
            if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
                moments.extend(begin(thread, begun));
                unfinished.insert(thread, begun.to_owned());
            } else if call.starts_with("<... ") {
                let begun = unfinished.remove(&thread).unwrap_or_default();
                moments.extend(end(thread, &begun, call));
            } else {
                moments.extend(begin(thread, call));
                moments.extend(end(thread, call, call));
            }
        }
        Self { moments }
    }

    /// Whether a sync began after the last receipt from `from` and was done before `marker` first went to `to`.
    pub(crate) fn syncs_before_delivery(&self, from: u16, to: u16, marker: &str) -> bool {
        let delivery = self.moments.iter().position(
            |moment| matches!(moment, Moment::Sending(port, bytes) if *port == to && bytes.contains(marker)),
        );
        let before = &self.moments[..delivery.expect("the marker was delivered")];
        let receipt = before
            .iter()
            .rposition(|moment| matches!(moment, Moment::Received(port) if *port == from))
            .expect("what is delivered was received");
        let mut begun = Vec::new();
        before[receipt..].iter().any(|moment| match moment {
            Moment::SyncBegun(thread) => {
                begun.push(*thread);
                false
            }
            Moment::SyncDone(thread) => begun.contains(thread),
            _ => false,
        })
    }
}

/// `1234  call(…) = 0`
fn split(line: &str) -> Option<(Thread, &str)> {
    let (thread, call) = line.split_once(' ')?;
    Some((thread.parse().ok()?, call.trim_start()))
}

fn begin(thread: Thread, call: &str) -> Option<Moment> {
    let name = name(call);
    if SYNCS.contains(&name) {
        return Some(Moment::SyncBegun(thread));
    }
    let port = SENDS.contains(&name).then(|| client_port(call))??;
    Some(Moment::Sending(port, call.to_owned()))
}

fn end(thread: Thread, begun: &str, ended: &str) -> Option<Moment> {
    let result: i64 = ended.rsplit_once(" = ")?.1.split_whitespace().next()?.parse().ok()?;
    let name = name(begun);
    if SYNCS.contains(&name) {
        return (result == 0).then_some(Moment::SyncDone(thread));
    }
    let received = RECEIVES.contains(&name) && result > 0;
    received.then(|| client_port(begun)).flatten().map(Moment::Received)
}

fn name(call: &str) -> &str {
    call.split('(').next().unwrap_or_default()
}

/// The far end in `recvfrom(9<TCP:[127.0.0.1:8080->127.0.0.1:40000]>, …`.
fn client_port(call: &str) -> Option<u16> {
    let (_, far) = call.split_once("<TCP:[")?.1.split_once("->")?;
    far.split_once(']')?.0.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNCED: &str = r#"10  recvfrom(9<TCP:[127.0.0.1:80->127.0.0.1:1]>, "\201", 4096, 0, NULL, NULL) = 40
11  fdatasync(7</sticky.db-wal> <unfinished ...>
10  recvfrom(8<TCP:[127.0.0.1:80->127.0.0.1:1]>, 0x1, 4096, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)
11  <... fdatasync resumed>) = 0
10  sendto(8<TCP:[127.0.0.1:80->127.0.0.1:2]>, "mark", 4, MSG_NOSIGNAL, NULL, 0) = 4"#;

    #[test]
    fn a_sync_counts_between_receipt_and_delivery() {
        assert!(Calls::read(SYNCED).syncs_before_delivery(1, 2, "mark"));
    }

    #[test]
    fn a_sync_that_is_late_early_or_failed_does_not_count() {
        let lines: Vec<&str> = SYNCED.lines().collect();
        let late = [lines[0], lines[1], lines[2], lines[4], lines[3]].join("\n");
        let early = [lines[1], lines[0], lines[2], lines[3], lines[4]].join("\n");
        let failed = SYNCED.replace("resumed>) = 0", "resumed>) = -1 EIO (Input/output error)");
        for text in [late, early, failed] {
            assert!(!Calls::read(&text).syncs_before_delivery(1, 2, "mark"), "{text}");
        }
    }
}
