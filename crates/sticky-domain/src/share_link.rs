//! Share link tokens: base64url(key number ‖ link id ‖ first half of HMAC-SHA256(key, link id)).
//!
//! Signed, so that a guess is refused without a read; nothing secret is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::id::LinkId;
use crate::keyring::Keyring;

const TOKEN_BYTES: usize = 1 + 16 + 16;
/// The characters of every token.
pub const TOKEN_CHARACTERS: usize = TOKEN_BYTES * 4 / 3;

/// The token of `link`, for the path `/s/{token}`.
pub fn token(keys: &Keyring, link: LinkId) -> String {
    let (number, mac) = keys.sign(link.0.as_bytes());
    let mut bytes = [0; TOKEN_BYTES];
    bytes[0] = number;
    bytes[1..17].copy_from_slice(link.0.as_bytes());
    bytes[17..].copy_from_slice(&mac[..16]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The link that `token` names, if one of our keys signed it.
pub fn verify(keys: &Keyring, token: &str) -> Option<LinkId> {
    if token.len() != TOKEN_CHARACTERS {
        return None;
    }
    let bytes: [u8; TOKEN_BYTES] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let link = Uuid::from_slice(&bytes[1..17]).ok()?;
    keys.verify(bytes[0], link.as_bytes(), &bytes[17..]).then_some(LinkId(link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::KEY_BYTES;

    #[test]
    fn every_changed_character_is_refused() {
        let keys = Keyring::single([9; KEY_BYTES]);
        let link = LinkId(Uuid::from_u128(42));
        let token = token(&keys, link);
        assert_eq!(token.len(), TOKEN_CHARACTERS);
        assert_eq!(verify(&keys, &token), Some(link));
        for index in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                verify(&keys, &String::from_utf8(forged).unwrap()),
                None,
                "character {index}"
            );
        }
        assert_eq!(verify(&keys, &format!("{token}A")), None);
        assert_eq!(verify(&Keyring::single([8; KEY_BYTES]), &token), None);
    }
}
