use sha2::{Digest as _, Sha256};

use super::Digest;
use crate::hex;

/// What stands between a line's JSON and its seal.
const SEAL: &str = ",\"sha256\":\"";
/// What stands behind the seal's digits.
const END: &str = "\"}";
const DIGITS: usize = 64;

/// The seals of the lines so far, and the digest of all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    last: Option<Digest>,
    all: Sha256,
}

impl Chain {
    /// `json`, an object, as a line with its seal and a line feed.
    pub(super) fn seal(&mut self, json: &str) -> Vec<u8> {
        let body = json.strip_suffix('}').expect("a record is an object");
        let seal = self.digest(body.as_bytes());
        let line = format!("{body}{SEAL}{}{END}\n", hex::encode(&seal));
        self.add(line.as_bytes(), seal);
        line.into_bytes()
    }

    /// The JSON of a line without its line feed, if its seal is the next of the chain.
    pub(super) fn open(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let (body, seal) = split(line)?;
        if seal != self.digest(body) {
            return None;
        }
        self.add(line, seal);
        self.all.update(b"\n");
        Some([body, b"}"].concat())
    }

    /// The digest of all lines so far.
    pub(super) fn all(&self) -> Digest {
        self.all.clone().finalize().into()
    }

    fn digest(&self, body: &[u8]) -> Digest {
        Sha256::new()
            .chain_update(self.last.as_slice().concat())
            .chain_update(body)
            .finalize()
            .into()
    }

    fn add(&mut self, line: &[u8], seal: Digest) {
        self.all.update(line);
        self.last = Some(seal);
    }
}

fn split(line: &[u8]) -> Option<(&[u8], Digest)> {
    let line = line.strip_suffix(END.as_bytes())?;
    let (line, digits) = line.split_at_checked(line.len().checked_sub(DIGITS)?)?;
    let seal = hex::decode(std::str::from_utf8(digits).ok()?)?;
    Some((line.strip_suffix(SEAL.as_bytes())?, seal))
}
