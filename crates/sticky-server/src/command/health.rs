use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::output::say;
use crate::config::Flags;
use crate::tls::CertificateFiles;

const PATIENCE: Duration = Duration::from_secs(5);

/// Which server to ask.
#[derive(Debug, Args)]
pub(super) struct Healthcheck {
    /// Where it listens; as configured if not given.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

impl Healthcheck {
    pub(super) async fn run(self, flags: Flags) -> anyhow::Result<ExitCode> {
        let config = super::read(&Flags { listen: self.listen, ..flags })?;
        let address = reachable(config.listen);
        match timeout(PATIENCE, ask(address, config.tls.as_ref())).await {
            Ok(answer) => answer.with_context(|| format!("the server on {address} is not well"))?,
            Err(_) => bail!("the server on {address} does not answer"),
        }
        say("ok").map(|()| ExitCode::SUCCESS)
    }
}

/// A server that listens everywhere listens here, too.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_unspecified() => {
            SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())
        }
        _ => address,
    }
}

/// Whether `GET /readyz` answers 200. By hand, because it is all that would need an HTTP client.
async fn ask(address: SocketAddr, tls: Option<&CertificateFiles>) -> anyhow::Result<()> {
    let connection = TcpStream::connect(address).await?;
    match tls {
        None => ask_on(address, connection).await,
        Some(files) => {
            let name = ServerName::from(address.ip());
            ask_on(address, files.connector()?.connect(name, connection).await?).await
        }
    }
}

async fn ask_on(
    address: SocketAddr,
    mut connection: impl AsyncRead + AsyncWrite + Unpin,
) -> anyhow::Result<()> {
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await?;
    if &answer != b"HTTP/1.1 200" {
        bail!("it answers {}", String::from_utf8_lossy(&answer[9..]));
    }
    Ok(())
}
