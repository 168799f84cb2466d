//! Stands between a store and its server, and cuts the connection when it hurts most.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

pub(super) struct Proxy {
    port: u16,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    /// Taken when it has sprung.
    trap: Mutex<Option<Trap>>,
    heard: Mutex<Vec<u8>>,
}

/// What to look for in what the store sends, and what becomes of the answer to it.
struct Trap {
    text: String,
    fate: Fate,
}

#[derive(Clone, Copy)]
enum Fate {
    /// Both ends are hung up on.
    Cut,
    /// Neither end hears anything more.
    Silence,
}

impl Proxy {
    pub(super) async fn start(server: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::<Wire>::default();
        let proxy = Self { port, wire: Arc::clone(&wire) };
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = UnixStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&wire)));
            }
        });
        proxy
    }

    /// The address by way of here.
    pub(super) fn address(&self, direct: &str) -> String {
        let (start, _) = direct.split_once("?host=").unwrap();
        start.replace("@localhost:5432/", &format!("@127.0.0.1:{}/", self.port))
    }

    /// Carries the next message that holds `text` to the server, waits for its answer, and hangs up on both instead of
    /// passing it on.
    pub(super) fn cut_at_the_answer_to(&self, text: &str) {
        self.set(text, Fate::Cut);
    }

    /// The same, but without a word to either.
    pub(super) fn fall_silent_at_the_answer_to(&self, text: &str) {
        self.set(text, Fate::Silence);
    }

    fn set(&self, text: &str, fate: Fate) {
        *self.wire.trap.lock().unwrap() = Some(Trap { text: text.to_owned(), fate });
    }

    pub(super) fn has_sprung(&self) -> bool {
        self.wire.trap.lock().unwrap().is_none()
    }

    /// All that the store has said to the server, in lower case.
    pub(super) fn heard(&self) -> String {
        String::from_utf8_lossy(&self.wire.heard.lock().unwrap()).to_lowercase()
    }
}

async fn carry(mut client: TcpStream, mut server: UnixStream, wire: Arc<Wire>) {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut fate = None;
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                fate = fate.or(wire.hear(&up[..length]));
                if server.write_all(&up[..length]).await.is_err() { return }
            }
            read = server.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                match fate {
                    None if client.write_all(&down[..length]).await.is_ok() => {}
                    None | Some(Fate::Cut) => return,
                    Some(Fate::Silence) => std::future::pending().await,
                }
            }
        }
    }
}

impl Wire {
    /// Listens to what the store sends; says what becomes of the answer if the trap springs.
    fn hear(&self, message: &[u8]) -> Option<Fate> {
        self.heard.lock().unwrap().extend(message);
        let holds = |trap: &mut Trap| {
            message.windows(trap.text.len()).any(|window| window == trap.text.as_bytes())
        };
        self.trap.lock().unwrap().take_if(holds).map(|trap| trap.fate)
    }
}
