//! Whether a server answers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const BETWEEN_TRIES: Duration = Duration::from_millis(30);
const ONE_TRY: Duration = Duration::from_secs(2);

/// Waits until `GET /healthz` answers 200; false when it does not within `limit`.
pub(crate) fn wait(address: SocketAddr, limit: Duration) -> bool {
    let started = Instant::now();
    while started.elapsed() < limit {
        if answers(address) {
            return true;
        }
        thread::sleep(BETWEEN_TRIES);
    }
    false
}

fn answers(address: SocketAddr) -> bool {
    ask(address).is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
}

fn ask(address: SocketAddr) -> std::io::Result<[u8; 12]> {
    let mut stream = TcpStream::connect_timeout(&address, ONE_TRY)?;
    stream.set_read_timeout(Some(ONE_TRY))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;

    fn serve_once(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Whole, because a socket that is dropped with something unread resets the connection.
            let mut lines = BufReader::new(&stream).lines();
            while !lines.next().unwrap().unwrap().is_empty() {}
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn only_ok_is_healthy() {
        assert!(wait(serve_once("HTTP/1.1 200 OK\r\n\r\n"), Duration::from_secs(5)));
        assert!(!wait(
            serve_once("HTTP/1.1 503 Service Unavailable\r\n\r\n"),
            Duration::from_millis(300)
        ));
    }
}
