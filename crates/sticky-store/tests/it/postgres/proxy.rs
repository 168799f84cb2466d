//! Stands between a store and its server, and cuts the connection when it hurts most.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

pub(super) struct Proxy {
    port: u16,
    /// What to look for in what the store sends. Taken when it has been found.
    trap: Arc<Mutex<Option<String>>>,
}

impl Proxy {
    pub(super) async fn start(server: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let trap = Arc::new(Mutex::new(None));
        let proxy = Self { port, trap: Arc::clone(&trap) };
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = UnixStream::connect(&server).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&trap)));
            }
        });
        proxy
    }

    /// The address by way of here.
    pub(super) fn address(&self, direct: &str) -> String {
        let (start, _) = direct.split_once("?host=").unwrap();
        start.replace("@localhost/", &format!("@127.0.0.1:{}/", self.port))
    }

    /// Carries the next message that holds `text` to the server, waits for its answer, and hangs up on both instead of
    /// passing it on.
    pub(super) fn swallow_the_answer_to(&self, text: &str) {
        *self.trap.lock().unwrap() = Some(text.to_owned());
    }

    pub(super) fn has_swallowed(&self) -> bool {
        self.trap.lock().unwrap().is_none()
    }
}

async fn carry(mut client: TcpStream, mut server: UnixStream, trap: Arc<Mutex<Option<String>>>) {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut trapped = false;
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(length @ 1..) = read else { return };
                trapped |= springs(&trap, &up[..length]);
                if server.write_all(&up[..length]).await.is_err() { return }
            }
            read = server.read(&mut down) => {
                let Ok(length @ 1..) = read else { return };
                if trapped { return }
                if client.write_all(&down[..length]).await.is_err() { return }
            }
        }
    }
}

fn springs(trap: &Mutex<Option<String>>, message: &[u8]) -> bool {
    let mut trap = trap.lock().unwrap();
    let found = trap
        .as_ref()
        .is_some_and(|text| message.windows(text.len()).any(|window| window == text.as_bytes()));
    if found {
        *trap = None;
    }
    found
}
