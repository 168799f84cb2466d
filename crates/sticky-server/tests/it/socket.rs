//! A socket by hand: the bytes of y-protocols without a Yjs library.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, http};
use tokio_tungstenite::{WebSocketStream, client_async};

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    pub(crate) protocol: Option<String>,
}

/// How it ended, or that it did not.
pub(crate) type Close = Option<(u16, String)>;

impl Socket {
    /// Opens `path` with these headers beside the usual ones.
    pub(crate) async fn open(
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Self {
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, http::HeaderValue::from_str(value).unwrap());
        }
        let connection = TcpStream::connect(address).await.unwrap();
        let (stream, response) = client_async(request, connection).await.unwrap();
        let protocol = response.headers().get("sec-websocket-protocol");
        let protocol = protocol.map(|protocol| protocol.to_str().unwrap().to_owned());
        Self { stream, protocol }
    }

    pub(crate) async fn send(&mut self, frame: &[u8]) {
        self.message(Message::Binary(frame.to_vec().into())).await;
    }

    pub(crate) async fn message(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// Asks for the state, as every client does first.
    pub(crate) async fn sync(&mut self) {
        self.send(&[0, 0, 1, 0]).await;
        self.until(|frame| frame.starts_with(&[0, 1])).await;
    }

    /// Like [`Socket::sync`]; `after` is named when it fails.
    pub(crate) async fn sync_within(&mut self, after: &str) {
        let synced = timeout(PATIENCE, self.sync()).await;
        assert!(synced.is_ok(), "a newcomer cannot open the note after {after}");
    }

    /// Sends what may be refused before it is all out.
    pub(crate) async fn send_what_goes(&mut self, frame: &[u8]) {
        let _ = self.stream.send(Message::Binary(frame.to_vec().into())).await;
    }

    /// Says that it goes, and waits until the server has read all that was sent.
    pub(crate) async fn leave_or_be_closed(mut self) {
        let _ = self.stream.close(None).await;
        let ended = async { while let Some(Ok(_)) = self.stream.next().await {} };
        timeout(PATIENCE, ended).await.expect("the server ends it");
    }

    /// The first frame that is like this.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        timeout(PATIENCE, self.find(wanted)).await.expect("no such frame came")
    }

    /// Listens for so long: such a frame must not come, nor the end.
    pub(crate) async fn hears_no(&mut self, unwanted: impl Fn(&[u8]) -> bool, span: Duration) {
        let heard = timeout(span, self.find(unwanted)).await;
        assert!(heard.is_err(), "this came: {heard:?}");
    }

    async fn find(&mut self, wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Binary(frame))) if wanted(&frame) => return frame.to_vec(),
                Some(Ok(Message::Close(close))) => panic!("closed: {close:?}"),
                Some(Ok(_)) => {}
                other => panic!("ended: {other:?}"),
            }
        }
    }

    /// Waits for the close; the last frame before it that is like this.
    pub(crate) async fn last_before_the_close(
        mut self,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Option<Vec<u8>> {
        let mut last = None;
        let closed = async {
            while let Some(Ok(message)) = self.stream.next().await {
                match message {
                    Message::Binary(frame) if wanted(&frame) => last = Some(frame.to_vec()),
                    Message::Close(_) => return,
                    _ => {}
                }
            }
        };
        timeout(PATIENCE, closed).await.expect("the socket stays open");
        last
    }

    /// Reads for so long, and with that answers pings.
    pub(crate) async fn listen(&mut self, time: Duration) {
        assert!(!self.hears_within(time, |_| false).await);
    }

    /// Whether a frame comes that is like this.
    pub(crate) async fn hears_within(
        &mut self,
        time: Duration,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> bool {
        timeout(time, self.until(wanted)).await.is_ok()
    }

    /// Waits for the close.
    pub(crate) async fn closed(mut self) -> Close {
        let close = async {
            while let Some(Ok(message)) = self.stream.next().await {
                if let Message::Close(close) = message {
                    return close.map(|close| (close.code.into(), close.reason.to_string()));
                }
            }
            None
        };
        timeout(PATIENCE, close).await.expect("the socket stays open")
    }
}

/// The frame of an update by which `client` inserts a letter into an empty note.
pub(crate) fn insert(client: u8, letter: u8) -> Vec<u8> {
    let update = [&[1, 1, client, 0, 4, 1, 7][..], b"content", &[1, letter, 0]].concat();
    let length = u8::try_from(update.len()).unwrap();
    [&[0, 2, length][..], &update].concat()
}
