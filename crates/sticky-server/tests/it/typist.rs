//! Client 5, who types over a socket that tells what is saved.

use crate::harness::Server;
use crate::socket::Socket;

/// A socket of someone who has read the note.
pub(crate) async fn open(server: &Server, path: &str, who: &str) -> Socket {
    let mut socket =
        Socket::open(server.address(), &format!("{path}?sticky=1&userId={who}"), &[]).await;
    socket.sync().await;
    socket
}

/// The frame of an update by which client 5 goes on writing after so many letters.
pub(crate) fn typed(letters: usize, text: &[u8]) -> Vec<u8> {
    let place = match letters.checked_sub(1) {
        None => [&[4, 1, 7][..], b"content"].concat(),
        Some(last) => [&[0x84, 5][..], &varint(last)].concat(),
    };
    let content = [&varint(text.len())[..], text].concat();
    let update = [&[1, 1, 5][..], &varint(letters), &place, &content, &[0]].concat();
    [&[0, 2][..], &varint(update.len()), &update].concat()
}

/// That so many frames of this socket are durable.
pub(crate) fn saved(frames: u8) -> impl Fn(&[u8]) -> bool {
    move |frame| frame.starts_with(&[120, frames])
}

pub(crate) fn is_update(frame: &[u8]) -> bool {
    frame.starts_with(&[0, 2])
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
