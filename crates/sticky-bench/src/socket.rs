//! Sockets to a server: raw tungstenite, small buffers, no delay.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::error::BenchError;
use crate::frame::{self, ServerFrame};

pub type Socket = WebSocketStream<TcpStream>;

/// How long a healthy server may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Buffers of both ends and of the floor: what a connection needs, not what would fit.
pub fn config() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(4 << 10).write_buffer_size(16 << 10)
}

/// Where a document is edited; `extended` asks for `saved` and `notice`.
pub fn path(document: &str, extended: bool) -> String {
    format!("/collab/{document}{}", if extended { "?sticky=1" } else { "" })
}

/// Opens a socket.
///
/// # Errors
/// When the server does not take it.
pub async fn connect(address: SocketAddr, path: &str) -> Result<Socket, BenchError> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    let request = format!("ws://{address}{path}").into_client_request()?;
    let (socket, _) = client_async_with_config(request, tcp, Some(config())).await?;
    Ok(socket)
}

/// Sends one frame.
///
/// # Errors
/// When the socket is gone.
pub async fn send(socket: &mut Socket, frame: Bytes) -> Result<(), BenchError> {
    Ok(socket.send(Message::Binary(frame)).await?)
}

/// The next binary frame.
///
/// # Errors
/// When the server closes the socket, or says nothing for a minute.
pub async fn receive(socket: &mut Socket) -> Result<Bytes, BenchError> {
    loop {
        let next = tokio::time::timeout(PATIENCE, socket.next()).await;
        if let Some(frame) = next.map_err(|_| late()).and_then(arrived)? {
            return Ok(frame);
        }
    }
}

fn late() -> BenchError {
    BenchError::TimedOut { what: "a frame of the server", seconds: PATIENCE.as_secs() }
}

/// What the stream gave: a binary frame, or something that does not matter here.
///
/// # Errors
/// When it is the end.
pub fn arrived(
    next: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
) -> Result<Option<Bytes>, BenchError> {
    match next {
        Some(Ok(Message::Binary(frame))) => Ok(Some(frame)),
        Some(Ok(Message::Close(reason))) => Err(BenchError::Closed(
            reason.map_or_else(|| "no reason".to_owned(), |reason| reason.to_string()),
        )),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(error.into()),
        None => Err(BenchError::Closed("the connection ended".to_owned())),
    }
}

/// Opens a document and takes all that it holds: the updates, in order, that together are its state.
///
/// # Errors
/// When the server does not give it.
pub async fn join(address: SocketAddr, path: &str) -> Result<(Socket, Vec<Bytes>), BenchError> {
    let mut socket = connect(address, path).await?;
    send(&mut socket, frame::step1(frame::NOTHING)).await?;
    let mut state = Vec::new();
    loop {
        let bytes = receive(&mut socket).await?;
        let frame = parse(&bytes)?;
        state.extend(frame.update().map(|update| bytes.slice_ref(update)));
        if let ServerFrame::Step2(_) = frame {
            return Ok((socket, state));
        }
    }
}

/// Reads a frame of the server.
///
/// # Errors
/// When it is none.
pub fn parse(bytes: &[u8]) -> Result<ServerFrame<'_>, BenchError> {
    ServerFrame::parse(bytes).map_err(|_| BenchError::Unreadable(format!("{bytes:02x?}")))
}

/// The state of a document as one update, as a newcomer gets it.
///
/// # Errors
/// When the server does not give it.
pub async fn state(address: SocketAddr, document: &str) -> Result<Vec<u8>, BenchError> {
    let (_socket, updates) = join(address, &path(document, true)).await?;
    sticky_relay::merge::merge(&updates).map_err(|error| BenchError::Unreadable(error.to_string()))
}
