//! The floor: the least that any server has to do. It copies each frame to the other sockets of its room.
//!
//! Raw tokio-tungstenite, the same buffers and TCP_NODELAY as ours, writes coalesced; nothing is read, kept, stored or
//! acknowledged. What our server takes beyond it is the price of what it does.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use crate::error::BenchError;
use crate::socket::{Socket, config};

/// Frames are gathered up to here before they are flushed.
const BATCH: usize = 64 << 10;

type Room = Arc<Mutex<HashMap<u64, UnboundedSender<Message>>>>;

#[derive(Default)]
struct Rooms {
    by_path: Mutex<HashMap<String, Room>>,
}

impl Rooms {
    fn room(&self, path: &str) -> Room {
        let mut rooms = self.by_path.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rooms.entry(path.to_owned()).or_default())
    }
}

/// Serves until the process is ended.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(address: SocketAddr) -> Result<(), BenchError> {
    let listener = TcpListener::bind(address).await?;
    let rooms = Arc::new(Rooms::default());
    for key in 0.. {
        let (tcp, _) = listener.accept().await?;
        tokio::spawn(connection(tcp, Arc::clone(&rooms), key));
    }
    Ok(())
}

async fn connection(tcp: TcpStream, rooms: Arc<Rooms>, key: u64) {
    let Some((socket, room)) = accept(tcp, &rooms).await else { return };
    drop(rooms);
    let (sender, frames) = unbounded_channel();
    lock(&room).insert(key, sender);
    let (sink, stream) = socket.split();
    tokio::select! {
        () = copy(stream, &room, key) => {}
        _ = write(sink, frames) => {}
    }
    lock(&room).remove(&key);
}

async fn accept(tcp: TcpStream, rooms: &Rooms) -> Option<(Socket, Room)> {
    tcp.set_nodelay(true).ok()?;
    let mut room = Room::default();
    #[expect(clippy::result_large_err, reason = "the library's own error type")]
    let find = |request: &Request, response: Response| {
        room = rooms.room(request.uri().path());
        Ok(response)
    };
    let socket: WebSocketStream<TcpStream> =
        accept_hdr_async_with_config(tcp, find, Some(config())).await.ok()?;
    Some((socket, room))
}

async fn copy(mut stream: SplitStream<Socket>, room: &Room, key: u64) {
    while let Some(Ok(message)) = stream.next().await {
        if message.is_binary() {
            for (_, other) in lock(room).iter().filter(|(other, _)| **other != key) {
                // One that is gone removes itself.
                let _ = other.send(message.clone());
            }
        }
    }
}

async fn write(
    mut sink: SplitSink<Socket, Message>,
    mut frames: UnboundedReceiver<Message>,
) -> Result<(), BenchError> {
    while let Some(first) = frames.recv().await {
        let mut gathered = first.len();
        sink.feed(first).await?;
        while gathered < BATCH
            && let Ok(next) = frames.try_recv()
        {
            gathered += next.len();
            sink.feed(next).await?;
        }
        sink.flush().await?;
    }
    Ok(())
}

fn lock(room: &Room) -> std::sync::MutexGuard<'_, HashMap<u64, UnboundedSender<Message>>> {
    room.lock().unwrap_or_else(PoisonError::into_inner)
}
