//! A sync between receipt and first delivery, seen from outside: in what the kernel is asked to do, in its order.

mod calls;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use futures::SinkExt as _;
use sticky_bench::cores::Placement;
use sticky_bench::frame::{self, ServerFrame};
use sticky_bench::keystroke::Typist;
use sticky_bench::socket::{self, Socket};
use sticky_bench::target::{Program, Target};
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;

use crate::server::binary;
use calls::Calls;

const UPDATES: usize = 10;

/// Syscalls that receive, sync and send; with `-yy` each names its socket by both of its ends.
const STRACE: &str = "strace -f -yy -s 4096 -e signal=none -e \
    trace=fdatasync,fsync,recvfrom,read,readv,recvmsg,sendto,write,writev,sendmsg -o";

#[tokio::test]
async fn an_update_is_synced_before_anybody_sees_it() {
    let target = Target::new(Program::Sticky(binary()), Placement::ANYWHERE).unwrap();
    assert_eq!(synced_updates(target).await, UPDATES);
}

/// The control: the same watcher finds out a server whose syncs are taken away, by a hook that only test builds have.
#[tokio::test]
async fn a_server_that_does_not_sync_is_found_out() {
    let target = Target::new(Program::Sticky(binary()), Placement::ANYWHERE).unwrap();
    let unsynced = target.with_variable("STICKY_TEST_SYNCHRONOUS", "normal");
    assert!(synced_updates(unsynced).await < UPDATES);
}

/// How many of the updates that a writer sends are synced between their receipt and their first delivery.
async fn synced_updates(target: Target) -> usize {
    let trace = target.directory().join("calls");
    let mut target = target.wrapped(strace(&trace));
    target.start().await.unwrap();
    let path = socket::path("7f9c24e5-2c31-4b7a-8f1d-0a1b2c3d4e5f", true);
    let (mut writer, _) = socket::join(target.address(), &path).await.unwrap();
    let (mut reader, _) = socket::join(target.address(), &path).await.unwrap();
    let mut typist = Typist::new(7);
    for index in 0..UPDATES {
        sleep(Duration::from_millis(50)).await;
        let update = frame::update(&typist.insert(&marker(index)));
        writer.send(Message::Binary(update)).await.unwrap();
        until_update(&mut reader).await;
    }
    let (from, to) = (port(&writer), port(&reader));
    target.kill().unwrap();
    let calls = Calls::read(&std::fs::read_to_string(trace).unwrap());
    (0..UPDATES).filter(|index| calls.syncs_before_delivery(from, to, &marker(*index))).count()
}

fn strace(trace: &Path) -> Vec<String> {
    let installed = Command::new("strace").arg("-V").output().is_ok();
    assert!(installed, "strace is needed: `cargo xtask test` installs it");
    let mut words: Vec<String> = STRACE.split_whitespace().map(str::to_owned).collect();
    words.push(trace.to_str().unwrap().to_owned());
    words
}

fn marker(index: usize) -> String {
    format!("<durable? {index}>")
}

fn port(socket: &Socket) -> u16 {
    socket.get_ref().local_addr().unwrap().port()
}

async fn until_update(socket: &mut Socket) {
    loop {
        let bytes = socket::receive(socket).await.unwrap();
        if matches!(socket::parse(&bytes).unwrap(), ServerFrame::Update(_)) {
            return;
        }
    }
}
