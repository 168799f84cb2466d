//! The keys that sign links and tickets.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use thiserror::Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The bytes of one key.
pub const KEY_BYTES: usize = 32;

/// Numbered HMAC-SHA256 keys: the first signs, all verify. Dropping one revokes whatever it signed.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<(u8, [u8; KEY_BYTES])>,
}

/// Why a list of keys is not usable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyringError {
    #[error("no key was given; the form is `number:base64 of 32 bytes`, separated by commas")]
    Empty,
    #[error("key {0}: the form is `number:base64 of 32 bytes`, with a number from 0 to 255")]
    Malformed(usize),
    #[error("key number {0} is given twice")]
    Repeated(u8),
}

impl Keyring {
    /// A ring of one key with the number 1.
    pub fn single(key: [u8; KEY_BYTES]) -> Self {
        Self { keys: vec![(1, key)] }
    }

    /// Reads `1:base64,2:base64`. Errors name the place, never the key.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys: Vec<(u8, [u8; KEY_BYTES])> = Vec::new();
        for (index, part) in
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).enumerate()
        {
            let (number, key) = parse_key(part).ok_or(KeyringError::Malformed(index + 1))?;
            if keys.iter().any(|(known, _)| *known == number) {
                return Err(KeyringError::Repeated(number));
            }
            keys.push((number, key));
        }
        if keys.is_empty() { Err(KeyringError::Empty) } else { Ok(Self { keys }) }
    }

    /// The form that [`Keyring::parse`] reads. A secret.
    pub fn to_text(&self) -> String {
        let parts: Vec<String> = self
            .keys
            .iter()
            .map(|(number, key)| format!("{number}:{}", STANDARD.encode(key)))
            .collect();
        parts.join(",")
    }

    /// Signs with the first key: its number and the MAC.
    pub fn sign(&self, message: &[u8]) -> (u8, [u8; 32]) {
        let (number, key) = &self.keys[0];
        (*number, mac(key, message))
    }

    /// The MAC that key `number` gives, if it is still one of ours: for secrets that are told apart by what they are for.
    pub fn mac(&self, number: u8, message: &[u8]) -> Option<[u8; 32]> {
        let (_, key) = self.keys.iter().find(|(known, _)| *known == number)?;
        Some(mac(key, message))
    }

    /// A secret for another purpose from each key, in their order. Nothing leads back from it to the key.
    pub fn derive(&self, purpose: &str) -> impl Iterator<Item = [u8; 32]> {
        let message = [b"sticky derived key\0", purpose.as_bytes()].concat();
        self.keys.iter().map(move |(_, key)| mac(key, &message))
    }

    /// Whether `tag` is the beginning (at least 16 bytes) of the MAC of `message` under key `number`, in constant time.
    pub fn verify(&self, number: u8, message: &[u8], tag: &[u8]) -> bool {
        let Some(mac) = self.mac(number, message) else {
            return false;
        };
        (16..=32).contains(&tag.len()) && bool::from(mac[..tag.len()].ct_eq(tag))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<u8> = self.keys.iter().map(|(number, _)| *number).collect();
        f.debug_struct("Keyring").field("numbers", &numbers).finish_non_exhaustive()
    }
}

fn parse_key(part: &str) -> Option<(u8, [u8; KEY_BYTES])> {
    let (number, key) = part.split_once(':')?;
    let key = STANDARD.decode(key.trim()).ok()?;
    Some((number.trim().parse().ok()?, key.try_into().ok()?))
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(numbers: &[u8]) -> Keyring {
        Keyring { keys: numbers.iter().map(|number| (*number, [*number; KEY_BYTES])).collect() }
    }

    #[test]
    fn the_first_key_signs_and_all_verify() {
        let (number, tag) = ring(&[2]).sign(b"x");
        assert!(ring(&[3, 2]).verify(number, b"x", &tag));
        assert!(!ring(&[3]).verify(number, b"x", &tag));
        assert!(!ring(&[2]).verify(number, b"y", &tag));
        assert!(!ring(&[2]).verify(number, b"x", &tag[..15]), "a short tag is no proof");
    }

    #[test]
    fn text_round_trips_and_errors_name_the_place() {
        let text = ring(&[7, 1]).to_text();
        assert_eq!(Keyring::parse(&text).unwrap().to_text(), text);
        assert_eq!(Keyring::parse(" ").unwrap_err(), KeyringError::Empty);
        assert_eq!(
            Keyring::parse(&format!("{text},9:short")).unwrap_err(),
            KeyringError::Malformed(3)
        );
        assert_eq!(
            Keyring::parse(&format!("{text},{text}")).unwrap_err(),
            KeyringError::Repeated(7)
        );
    }
}
