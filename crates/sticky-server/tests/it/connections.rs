//! Clients that are slow, silent or gone.

use std::time::{Duration, Instant};

use tokio::net::TcpSocket;

use crate::engine::fresh_database;
use crate::harness::Server;
use crate::raw::Raw;
use crate::socket::{Socket, insert};

const NOTE: &str = "/collab/0198c0de-0000-7000-8000-0000000000aa";
const PING: u8 = 9;

#[tokio::test]
async fn a_request_that_does_not_come_to_its_end_is_given_up() {
    let server = Server::listening_with(true, &[("STICKY_REQUEST_TIMEOUT", "200ms")]).await;
    let host = format!("host: {}\r\n", server.address());
    let mut silent = Raw::connect(server.address()).await;
    let mut slow = Raw::connect(server.address()).await;
    let mut stuck = Raw::connect(server.address()).await;
    stuck.send(&format!("PATCH /api/v1/me HTTP/1.1\r\n{host}content-length: 9\r\n\r\n{{")).await;
    let (mut socket, started) = (Socket::open(server.address(), NOTE, &[]).await, Instant::now());
    slow.send(&format!("GET /healthz HTTP/1.1\r\n{host}")).await;
    assert!(silent.is_dropped().await && slow.is_dropped().await);
    assert!(stuck.head().await.starts_with("HTTP/1.1 400"));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    socket.sync().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_and_sockets_do_not_count() {
    let settings = [("STICKY_MAX_CONNECTIONS", "1"), ("STICKY_REQUEST_TIMEOUT", "300ms")];
    let server = Server::listening_with(true, &settings).await;
    let mut socket = Socket::open(server.address(), NOTE, &[]).await;
    socket.sync().await;
    let _silent = Raw::connect(server.address()).await;
    let started = Instant::now();
    let mut next = Raw::connect(server.address()).await;
    next.send(&format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", server.address())).await;
    assert!(next.head().await.starts_with("HTTP/1.1 200"));
    assert!(started.elapsed() >= Duration::from_millis(250), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_peer_that_does_not_answer_pings_is_closed_and_one_that_does_is_not() {
    let settings = [("STICKY_PING_INTERVAL", "50ms"), ("STICKY_IDLE_TIMEOUT", "200ms")];
    let server = Server::listening_with(true, &settings).await;
    let mut alive = Socket::open(server.address(), NOTE, &[]).await;
    alive.sync().await;
    let mut silent = Raw::upgrade(server.address(), NOTE).await;
    let started = Instant::now();
    let (closed, _) = tokio::join!(silent.closed(), alive.listen(Duration::from_millis(400)));
    let (code, reason, before) = closed;
    assert_eq!((code, reason.as_str()), (1013, "idle"));
    assert!(before.iter().filter(|kind| **kind == PING).count() >= 3, "{before:?}");
    assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());
    alive.send(&insert(5, b'a')).await;
    assert_eq!(server.eventually_reads(&NOTE["/collab/".len()..], 'a').await, Ok("a".to_owned()));
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_closed() {
    let listening = TcpSocket::new_v4().unwrap();
    // Accepted connections have it from there: what the computer itself keeps for the peer is little.
    listening.set_send_buffer_size(16 << 10).unwrap();
    listening.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let settings = [("STICKY_WRITE_TIMEOUT", "50ms")];
    let server = Server::listening_at(
        listening.listen(16).unwrap(),
        fresh_database().await,
        true,
        &settings,
    )
    .await;
    let content = NOTE.replace("/collab/", "/api/v1/documents/") + "/content";
    Socket::open(server.address(), NOTE, &[]).await.sync().await;
    let text = "x".repeat(400 << 10);
    let put = server.visitor().ask("PUT", &content, ("text/markdown", text.as_str())).await;
    assert_eq!(put.status, 200);
    let mut other = Socket::open(server.address(), &format!("{NOTE}?userId=other"), &[]).await;
    let mut slow = Raw::upgrade(server.address(), &format!("{NOTE}?userId=slow")).await;
    slow.send_frame(&[1, 6, 1, 77, 1, 2, b'{', b'}']).await;
    slow.send_frame(&[0, 0, 1, 0]).await;
    other.until(|frame| frame[0] == 1 && frame.ends_with(b"null")).await;
    let (code, reason, _) = slow.closed().await;
    assert_eq!((code, reason.as_str()), (1013, "too_slow"));
}
