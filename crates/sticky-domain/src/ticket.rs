//! Signed passes for sockets: single-use tickets, and reusable collab tokens for stock providers.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Claim, Level};
use crate::id::{DocumentId, ProjectId};
use crate::keyring::Keyring;
use crate::time::Timestamp;

/// How long a ticket can be redeemed.
pub const TICKET_LIFE: Duration = Duration::from_secs(60);
/// How long a collab token is worth something.
pub const COLLAB_TOKEN_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// What a pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Used up by one redemption.
    Ticket,
    /// Reusable until it expires.
    Collab,
}

/// A signed statement: the bearer may claim this on this document, at no more than this level.
/// It is worth only what the claim gives at the moment it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    pub purpose: Purpose,
    pub project: ProjectId,
    pub document: DocumentId,
    pub claims: Vec<Claim>,
    pub at_most: Level,
    /// Names this pass when it is used up.
    pub nonce: Uuid,
    pub expires_at: Timestamp,
}

const TAG_BYTES: usize = 32;

impl Pass {
    /// The text form: base64url(key number ‖ MAC ‖ JSON).
    pub fn sign(&self, keys: &Keyring) -> String {
        let body =
            serde_json::to_vec(self).expect("a pass has only string keys and finite numbers");
        let (number, tag) = keys.sign(&signed_message(&body));
        let bytes = [&[number][..], &tag, &body].concat();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The pass in `text`, if one of our keys signed it and it has not expired at `now`.
    pub fn verify(keys: &Keyring, text: &str, now: Timestamp) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (number, rest) = bytes.split_first()?;
        let (tag, body) = rest.split_at_checked(TAG_BYTES)?;
        if !keys.verify(*number, &signed_message(body), tag) {
            return None;
        }
        let pass: Self = serde_json::from_slice(body).ok()?;
        (pass.expires_at > now).then_some(pass)
    }
}

/// The prefix keeps a pass from ever being taken for a share link, which signs 16 bytes with the same keys.
fn signed_message(body: &[u8]) -> Vec<u8> {
    [b"sticky pass 1\0", body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PrincipalId;
    use crate::keyring::KEY_BYTES;

    fn pass() -> Pass {
        Pass {
            purpose: Purpose::Ticket,
            project: ProjectId(Uuid::from_u128(1)),
            document: DocumentId(Uuid::from_u128(2)),
            claims: vec![Claim::Principal(PrincipalId(Uuid::from_u128(3)))],
            at_most: Level::Editor,
            nonce: Uuid::from_u128(4),
            expires_at: Timestamp(1_000),
        }
    }

    #[test]
    fn a_pass_is_good_until_it_expires_and_only_as_signed() {
        let keys = Keyring::single([1; KEY_BYTES]);
        let text = pass().sign(&keys);
        assert_eq!(Pass::verify(&keys, &text, Timestamp(999)), Some(pass()));
        assert_eq!(Pass::verify(&keys, &text, Timestamp(1_000)), None);
        assert_eq!(Pass::verify(&Keyring::single([2; KEY_BYTES]), &text, Timestamp(0)), None);
        for index in 0..text.len() - 1 {
            let mut forged = text.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                Pass::verify(&keys, &String::from_utf8(forged).unwrap(), Timestamp(0)),
                None,
                "character {index}"
            );
        }
        assert_eq!(Pass::verify(&keys, "", Timestamp(0)), None);
    }
}
