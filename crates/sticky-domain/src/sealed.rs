//! Small things that travel through others' hands: readable by them, changeable by nobody.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::keyring::Keyring;

const TAG_BYTES: usize = 32;

/// The text form: base64url(key number ‖ MAC ‖ JSON). The purpose keeps one kind from being taken for another, or for
/// a share link, which signs 16 bytes with the same keys.
pub fn seal(keys: &Keyring, purpose: &str, value: &impl Serialize) -> String {
    let body = serde_json::to_vec(value).expect("it has only string keys and finite numbers");
    let (number, tag) = keys.sign(&message(purpose, &body));
    URL_SAFE_NO_PAD.encode([&[number][..], &tag, &body].concat())
}

/// What is in `text`, if one of our keys sealed it for this purpose.
pub fn unseal<T: DeserializeOwned>(keys: &Keyring, purpose: &str, text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (number, rest) = bytes.split_first()?;
    let (tag, body) = rest.split_at_checked(TAG_BYTES)?;
    if !keys.verify(*number, &message(purpose, body), tag) {
        return None;
    }
    serde_json::from_slice(body).ok()
}

fn message(purpose: &str, body: &[u8]) -> Vec<u8> {
    [purpose.as_bytes(), b"\0", body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_for_one_purpose_is_nothing_for_another() {
        let keys = Keyring::single([1; 32]);
        let text = seal(&keys, "a", &7);
        assert_eq!(unseal::<u8>(&keys, "a", &text), Some(7));
        assert_eq!(unseal::<u8>(&keys, "b", &text), None);
        assert_eq!(unseal::<String>(&keys, "a", &text), None);
    }
}
