//! Operation keys: what makes an append safe to repeat.

use sha2::{Digest, Sha256};

use crate::id::PrincipalId;

/// Names one append within its stream. The same key with the same bytes is the same append.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpKey(pub [u8; 16]);

impl OpKey {
    /// The first 16 bytes of SHA-256(principal ‖ operation id), so that one principal cannot take another's ids.
    pub fn of(principal: PrincipalId, op_id: &[u8]) -> Self {
        let digest =
            Sha256::new().chain_update(principal.0.as_bytes()).chain_update(op_id).finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        Self(key)
    }
}
