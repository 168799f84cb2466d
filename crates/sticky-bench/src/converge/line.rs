use std::net::SocketAddr;

use bytes::Bytes;
use futures::stream::SplitSink;
use futures::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc::{UnboundedReceiver, error::TryRecvError, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use crate::error::BenchError;
use crate::socket::{self, Socket};

/// The server ends a socket for good with a code from here on.
const FINAL: &str = "44";

/// A connection whose frames wait until they are taken in.
pub(super) struct Line {
    sink: SplitSink<Socket, Message>,
    frames: UnboundedReceiver<Result<Bytes, BenchError>>,
    reader: JoinHandle<()>,
    /// Only one disorder a line: the server asks at most once in five seconds for what is missing.
    pub(super) was_disordered: bool,
}

impl Line {
    pub(super) async fn open(address: SocketAddr, path: &str) -> Result<Self, BenchError> {
        let (sink, mut stream) = socket::connect(address, path).await?.split();
        let (sender, frames) = unbounded_channel();
        let reader = tokio::spawn(async move {
            loop {
                let arrived = socket::arrived(stream.next().await).transpose();
                let ended = matches!(arrived, Some(Err(_)));
                // A replica that has lost its line takes nothing more.
                if arrived.is_some_and(|frame| sender.send(frame).is_err()) || ended {
                    return;
                }
            }
        });
        Ok(Self { sink, frames, reader, was_disordered: false })
    }

    /// Whether the line still stands.
    pub(super) async fn send(&mut self, frame: Bytes) -> bool {
        self.sink.send(Message::Binary(frame)).await.is_ok()
    }

    /// The next frame that has come; `None` when the line is dead.
    pub(super) fn take(&mut self) -> Result<Taken, BenchError> {
        match self.frames.try_recv() {
            Ok(Ok(frame)) => Ok(Taken::Frame(frame)),
            Err(TryRecvError::Empty) => Ok(Taken::Nothing),
            Ok(Err(BenchError::Closed(reason))) if reason.contains(FINAL) => {
                Err(BenchError::Broken(format!("an honest client was refused: {reason}")))
            }
            Ok(Err(_)) | Err(TryRecvError::Disconnected) => Ok(Taken::End),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// What was there to be taken.
#[derive(Debug)]
pub(super) enum Taken {
    Frame(Bytes),
    Nothing,
    /// The line is dead.
    End,
}
