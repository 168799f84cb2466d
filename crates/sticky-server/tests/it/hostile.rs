//! The guard's whole corpus through real sockets: whatever is sent, the server serves on and newcomers still open the note.

use std::path::Path;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::Server;
use crate::socket::{Socket, insert};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sticky-relay/tests/corpus");

/// A client id that no corpus entry writes under.
const HONEST: u8 = 99;

/// y-protocols: what a payload can be sent as.
const DOORS: [(&str, &[u8]); 4] =
    [("step 1", &[0, 0]), ("step 2", &[0, 1]), ("update", &[0, 2]), ("awareness", &[1])];

fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut entries: Vec<_> = std::fs::read_dir(Path::new(CORPUS))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_none())
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
        })
        .collect();
    entries.sort();
    entries
}

fn frame(tag: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut frame = tag.to_vec();
    let mut length = payload.len();
    while length >= 0x80 {
        frame.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    frame.push(u8::try_from(length).unwrap());
    frame.extend(payload);
    frame
}

async fn open(server: &Server, note: &str, user: &str) -> Socket {
    Socket::open(server.address(), &format!("/collab/{note}?userId={user}"), &[]).await
}

#[tokio::test]
async fn every_entry_of_the_corpus_through_every_door() {
    let server = Server::listening(true).await;
    let corpus = corpus();
    assert!(corpus.len() > 100, "the corpus is read");
    for (name, payload) in corpus {
        let note = server.visitor().ask("POST", "/api/v1/documents", json!({})).await.member("id");
        for (door, tag) in DOORS {
            let mut attacker = open(&server, &note, "attacker").await;
            attacker.send(&frame(tag, &payload)).await;
            attacker.leave_or_be_closed().await;
            let mut newcomer = open(&server, &note, "newcomer").await;
            newcomer.sync_within(&format!("{name} as {door}")).await;
        }
        let mut honest = open(&server, &note, "honest").await;
        honest.sync().await;
        honest.send(&insert(HONEST, b'!')).await;
        let text = server.eventually_reads(&note, '!').await;
        assert!(text.is_ok(), "after {name} the note reads {text:?}");
    }
}

/// Ends of frames: cut short, too long, of unknown kinds, of text.
#[tokio::test]
async fn frames_that_are_none_close_the_socket_and_nothing_else() {
    let server = Server::listening(true).await;
    let note = server.visitor().ask("POST", "/api/v1/documents", json!({})).await.member("id");
    let insert = insert(5, b'a');
    let cut = (0..insert.len()).map(|end| insert[..end].to_vec());
    let unknown = [
        vec![7],
        vec![2, 0, 0],
        vec![0, 3, 0],
        vec![120, 1, 1],
        vec![121, 0],
        [&insert[..], &[0]].concat(),
    ];
    for frame in cut.chain(unknown) {
        let mut socket = open(&server, &note, "attacker").await;
        socket.send(&frame).await;
        let closed = socket.closed().await.expect("a reason");
        assert_eq!(closed, (4400, "malformed".to_owned()), "{frame:?}");
    }
    let mut socket = open(&server, &note, "attacker").await;
    socket.message(Message::Text("hello".into())).await;
    assert_eq!(socket.closed().await.map(|(code, _)| code), Some(4400));
    let mut socket = open(&server, &note, "attacker").await;
    socket.send_what_goes(&vec![0; (1 << 20) + 2_000]).await;
    assert_eq!(socket.closed().await.map(|(code, _)| code), Some(4413));
    open(&server, &note, "newcomer").await.sync().await;
}
