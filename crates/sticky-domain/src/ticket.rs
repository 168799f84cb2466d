//! Signed passes for sockets: single-use tickets, and reusable collab tokens for stock providers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Claim, Level};
use crate::id::{DocumentId, ProjectId, TokenId};
use crate::keyring::Keyring;
use crate::sealed::{seal, unseal};
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
    /// The login that all of it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<TokenId>,
    /// Names this pass when it is used up.
    pub nonce: Uuid,
    pub expires_at: Timestamp,
}

const PURPOSE: &str = "sticky pass 1";

impl Pass {
    /// The text form.
    pub fn sign(&self, keys: &Keyring) -> String {
        seal(keys, PURPOSE, self)
    }

    /// The pass in `text`, if one of our keys signed it and it has not expired at `now`.
    pub fn verify(keys: &Keyring, text: &str, now: Timestamp) -> Option<Self> {
        let pass: Self = unseal(keys, PURPOSE, text)?;
        (pass.expires_at > now).then_some(pass)
    }
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
            login: None,
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
