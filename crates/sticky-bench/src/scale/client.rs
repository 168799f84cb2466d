//! One connection that is kept, so that only the server's work is measured.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::error::BenchError;

pub(super) struct Client {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { address, stream: BufReader::new(stream) })
    }

    /// What a path answers to whoever has the token.
    pub(super) async fn get(
        &mut self,
        path: &str,
        token: Option<&str>,
    ) -> Result<Value, BenchError> {
        let authorization =
            token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{authorization}\r\n", self.address);
        self.stream.write_all(request.as_bytes()).await?;
        let body = self.body(path).await?;
        serde_json::from_slice(&body)
            .map_err(|error| BenchError::Unreadable(format!("{path}: {error}")))
    }

    async fn body(&mut self, path: &str) -> Result<Vec<u8>, BenchError> {
        let (mut length, mut line) = (0, String::new());
        self.stream.read_line(&mut line).await?;
        let status = line.trim().to_owned();
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        match status.starts_with("HTTP/1.1 200") {
            true => Ok(body),
            false => Err(BenchError::Broken(format!("{path} answered {status}"))),
        }
    }
}
