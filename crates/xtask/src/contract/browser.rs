//! A browser that someone has signed in with, as headers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::failure::Failure;

/// What such a browser sends along: its cookie, and that it is on a page of the server.
pub(super) fn sign_in(
    address: SocketAddr,
    username: &str,
    password: &str,
) -> Result<Vec<String>, Failure> {
    let body = format!("{{\"username\":\"{username}\",\"password\":\"{password}\"}}");
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST /api/v1/login/browser HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let cookie = cookie_in(&answer)
        .ok_or_else(|| Failure::Failed(format!("nobody is signed in: {answer}")))?;
    Ok(vec![format!("Cookie: {cookie}"), format!("Origin: http://{address}")])
}

fn cookie_in(answer: &str) -> Option<&str> {
    let header = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "))?;
    header.split(';').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_sent_without_its_attributes() {
        let answer = "HTTP/1.1 200 OK\r\nset-cookie: sticky=abc; HttpOnly; Path=/\r\n\r\n{}";
        assert_eq!(cookie_in(answer), Some("sticky=abc"));
        assert_eq!(cookie_in("HTTP/1.1 401 Unauthorized\r\n\r\n"), None);
    }
}
