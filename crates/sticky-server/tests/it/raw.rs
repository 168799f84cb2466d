//! A connection byte by byte, for clients that do not do what clients do.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Raw {
    stream: TcpStream,
}

impl Raw {
    /// Connects with as little room for what it does not read as the computer allows.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        Self { stream: socket.connect(address).await.unwrap() }
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The head of an answer.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        let read = async {
            while !head.ends_with(b"\r\n\r\n") {
                head.push(self.stream.read_u8().await.unwrap());
            }
        };
        timeout(PATIENCE, read).await.expect("an answer");
        String::from_utf8(head).unwrap()
    }

    /// Opens the socket of a note and answers nothing from then on, not even a ping.
    pub(crate) async fn upgrade(address: SocketAddr, path: &str) -> Self {
        let mut raw = Self::connect(address).await;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        raw.send(&request).await;
        assert!(raw.head().await.starts_with("HTTP/1.1 101"));
        raw
    }

    /// Sends a short binary frame.
    pub(crate) async fn send_frame(&mut self, payload: &[u8]) {
        let length = u8::try_from(payload.len()).unwrap();
        let frame = [&[0x82, 0x80 | length, 0, 0, 0, 0], payload].concat();
        self.stream.write_all(&frame).await.unwrap();
    }

    /// The kind and the payload of the next frame.
    pub(crate) async fn frame(&mut self) -> (u8, Vec<u8>) {
        let read = async {
            let kind = self.stream.read_u8().await.unwrap() & 0x0f;
            let length = match self.stream.read_u8().await.unwrap() {
                126 => usize::from(self.stream.read_u16().await.unwrap()),
                127 => usize::try_from(self.stream.read_u64().await.unwrap()).unwrap(),
                length => usize::from(length),
            };
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await.unwrap();
            (kind, payload)
        };
        timeout(PATIENCE, read).await.expect("a frame")
    }

    /// The close that comes at the end: its code, its reason, and the kinds of the frames before it.
    pub(crate) async fn closed(&mut self) -> (u16, String, Vec<u8>) {
        let mut kinds = Vec::new();
        loop {
            match self.frame().await {
                (8, payload) => {
                    let (code, reason) = payload.split_at(2);
                    let code = u16::from_be_bytes(code.try_into().unwrap());
                    return (code, String::from_utf8(reason.to_vec()).unwrap(), kinds);
                }
                (kind, _) => kinds.push(kind),
            }
        }
    }

    /// Waits until the other end has closed the connection; true when it says nothing before.
    pub(crate) async fn is_dropped(&mut self) -> bool {
        let mut rest = Vec::new();
        timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.expect("it is dropped").is_err()
            || rest.is_empty()
    }
}
