//! The frames of `/collab` from a client's side: numbers as in y-protocols, 120 and 121 as in docs/protocol.md.

use bytes::Bytes;
use sticky_relay::varint::{Malformed, Reader, put_bytes, put_string, put_uint};

/// What the server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerFrame<'a> {
    /// What it has: it wants the rest.
    Step1(&'a [u8]),
    /// The end of what it has beyond us.
    Step2(&'a [u8]),
    Update(&'a [u8]),
    /// So many of our updates are durable, and the document's seq.
    Saved {
        frames: u64,
        seq: u64,
    },
    /// Presence, a notice, or something newer than this.
    Other,
}

impl<'a> ServerFrame<'a> {
    /// Reads one frame.
    ///
    /// # Errors
    /// When it is cut short.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        match reader.uint()? {
            0 => match reader.uint()? {
                0 => Ok(Self::Step1(reader.bytes()?)),
                1 => Ok(Self::Step2(reader.bytes()?)),
                2 => Ok(Self::Update(reader.bytes()?)),
                _ => Err(Malformed),
            },
            120 => Ok(Self::Saved { frames: reader.uint()?, seq: reader.uint()? }),
            _ => Ok(Self::Other),
        }
    }

    /// The update in it, if it carries one.
    pub fn update(self) -> Option<&'a [u8]> {
        match self {
            Self::Step2(update) | Self::Update(update) => Some(update),
            _ => None,
        }
    }
}

/// The state vector of somebody who has nothing.
pub const NOTHING: &[u8] = &[0];

/// "This is what I have."
pub fn step1(vector: &[u8]) -> Bytes {
    sync(0, vector)
}

/// The answer to the server's step 1.
pub fn step2(update: &[u8]) -> Bytes {
    sync(1, update)
}

pub fn update(update: &[u8]) -> Bytes {
    sync(2, update)
}

/// One client's presence.
pub fn awareness(client: u64, json: &str) -> Bytes {
    let mut state = vec![1];
    put_uint(&mut state, client);
    put_uint(&mut state, 1);
    put_string(&mut state, json);
    let mut out = vec![1];
    put_bytes(&mut out, &state);
    out.into()
}

fn sync(kind: u8, payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(payload.len() + 10);
    out.extend([0, kind]);
    put_bytes(&mut out, payload);
    out.into()
}
