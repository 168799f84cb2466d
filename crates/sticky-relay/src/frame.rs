//! The frames of `/collab`: y-protocols messages, and our two extensions.
//!
//! Numbers as in y-protocols' PROTOCOL.md; 120 and 121 as in docs/protocol.md.

use bytes::Bytes;

use crate::varint::{Malformed, Reader, put_bytes, put_string, put_uint};

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const AUTH: u64 = 2;
const QUERY_AWARENESS: u64 = 3;
const SAVED: u64 = 120;
const NOTICE: u64 = 121;

const STEP1: u64 = 0;
const STEP2: u64 = 1;
const UPDATE: u64 = 2;

/// What a client says. Payloads have not passed the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientFrame<'a> {
    Step1(&'a [u8]),
    Step2(&'a [u8]),
    Update(&'a [u8]),
    Awareness(&'a [u8]),
    QueryAwareness,
}

impl<'a> ClientFrame<'a> {
    /// Reads one frame; unknown messages and trailing bytes are malformed.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let frame = match reader.uint()? {
            SYNC => Self::parse_sync(&mut reader)?,
            AWARENESS => Self::Awareness(reader.bytes()?),
            QUERY_AWARENESS => Self::QueryAwareness,
            AUTH.. => return Err(Malformed),
        };
        if reader.is_empty() { Ok(frame) } else { Err(Malformed) }
    }

    fn parse_sync(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        match reader.uint()? {
            STEP1 => Ok(Self::Step1(reader.bytes()?)),
            STEP2 => Ok(Self::Step2(reader.bytes()?)),
            UPDATE => Ok(Self::Update(reader.bytes()?)),
            _ => Err(Malformed),
        }
    }

    /// Whether this is a SyncStep2 or Update frame, the ones that `saved` counts.
    pub(crate) fn counts(bytes: &[u8]) -> bool {
        matches!(bytes, [0, 1 | 2, ..])
    }
}

/// "This is what I have": asks for what the peer has beyond it.
pub(crate) fn step1(vector: &[u8]) -> Bytes {
    sync(STEP1, vector)
}

/// The answer to a step 1.
pub(crate) fn step2(update: &[u8]) -> Bytes {
    sync(STEP2, update)
}

/// An update.
pub(crate) fn update(update: &[u8]) -> Bytes {
    sync(UPDATE, update)
}

fn sync(kind: u64, payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(payload.len() + 10);
    put_uint(&mut out, SYNC);
    put_uint(&mut out, kind);
    put_bytes(&mut out, payload);
    out.into()
}

/// Presence states: (client id, clock, JSON or `null`).
pub(crate) fn awareness<'a>(states: impl ExactSizeIterator<Item = (u64, u32, &'a str)>) -> Bytes {
    let mut payload = Vec::new();
    put_uint(&mut payload, states.len() as u64);
    for (client, clock, json) in states {
        put_uint(&mut payload, client);
        put_uint(&mut payload, u64::from(clock));
        put_string(&mut payload, json);
    }
    let mut out = Vec::with_capacity(payload.len() + 10);
    put_uint(&mut out, AWARENESS);
    put_bytes(&mut out, &payload);
    out.into()
}

/// How many of the frames received on this socket are durable, and the document's seq.
pub(crate) fn saved(frames: u64, seq: u64) -> Bytes {
    let mut out = Vec::with_capacity(20);
    put_uint(&mut out, SAVED);
    put_uint(&mut out, frames);
    put_uint(&mut out, seq);
    out.into()
}

/// Something that the client's user should know.
pub(crate) fn notice(json: &serde_json::Value) -> Bytes {
    let mut out = Vec::new();
    put_uint(&mut out, NOTICE);
    put_string(&mut out, &json.to_string());
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_round_trip() {
        assert_eq!(ClientFrame::parse(&step1(&[0])), Ok(ClientFrame::Step1(&[0])));
        assert_eq!(ClientFrame::parse(&step2(&[0, 0])), Ok(ClientFrame::Step2(&[0, 0])));
        assert_eq!(ClientFrame::parse(&update(&[0, 0])), Ok(ClientFrame::Update(&[0, 0])));
        assert_eq!(ClientFrame::parse(&[3]), Ok(ClientFrame::QueryAwareness));
        assert!(
            ClientFrame::counts(&update(&[0, 0]))
                && ClientFrame::counts(&step2(&[]))
                && !ClientFrame::counts(&step1(&[]))
        );
    }

    #[test]
    fn what_is_cut_short_unknown_or_too_long_is_malformed() {
        let table: [&[u8]; 9] = [
            &[],
            &[0],
            &[0, 0],
            &[0, 2, 5, 1],
            &[0, 3, 0],
            &[2, 0],
            &[7],
            &[120, 1, 1],
            &[0, 0, 1, 0, 9],
        ];
        for bytes in table {
            assert_eq!(ClientFrame::parse(bytes), Err(Malformed), "{bytes:?}");
        }
    }

    const EXAMPLES: &str = include_str!("../../../web/client/test/examples.json");
    const PROTOCOL: &str = include_str!("../../../docs/protocol.md");

    fn bytes_of(hex: &serde_json::Value) -> Vec<u8> {
        let hex = hex.as_str().unwrap();
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    fn encoded(message: &serde_json::Value) -> Option<Bytes> {
        let number = |name: &str| message[name].as_u64().unwrap();
        match message["type"].as_str().unwrap() {
            "step1" => Some(step1(&bytes_of(&message["vector"]))),
            "step2" => Some(step2(&bytes_of(&message["update"]))),
            "update" => Some(update(&bytes_of(&message["update"]))),
            "saved" => Some(saved(number("frames"), number("seq"))),
            _ => None,
        }
    }

    #[test]
    fn the_examples_that_clients_read_are_the_bytes_that_we_write_and_document() {
        let examples: Vec<serde_json::Value> = serde_json::from_str(EXAMPLES).unwrap();
        assert!(examples.len() >= 15);
        for example in examples {
            let (hex, bytes) = (example["hex"].as_str().unwrap(), bytes_of(&example["hex"]));
            assert!(
                PROTOCOL.contains(&format!("`{hex}`")),
                "docs/protocol.md lacks {}",
                example["meaning"]
            );
            if let Some(ours) = encoded(&example["message"]) {
                assert_eq!(ours, bytes, "{}", example["meaning"]);
            }
            if let Some(expected) = example["message"].get("notice") {
                let mut reader = Reader::new(&bytes);
                assert_eq!(reader.uint(), Ok(NOTICE));
                let said: serde_json::Value =
                    serde_json::from_str(reader.string().unwrap()).unwrap();
                assert_eq!(&said, expected, "{}", example["meaning"]);
            }
            if example["direction"] != "to client" {
                assert!(ClientFrame::parse(&bytes).is_ok(), "{}", example["meaning"]);
            }
        }
    }
}
