use uuid::Uuid;

use crate::event::{Actor, Via};
use crate::fence::{KeyVersion, RightKey};
use crate::id::PrincipalId;
use crate::port::AccountRow;

/// Who runs the installation, and the keys that this rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    principal: PrincipalId,
    fence: Vec<KeyVersion>,
}

impl Operator {
    /// Whoever has the database itself, or a server in local-dev.
    pub const fn trusted(principal: PrincipalId) -> Self {
        Self { principal, fence: Vec::new() }
    }

    /// A user, for as long as they are not dismissed.
    pub(super) fn of(row: &AccountRow) -> Self {
        let key = RightKey::Principal(row.id);
        Self { principal: row.id, fence: vec![KeyVersion { key, version: row.key_version }] }
    }

    pub(super) fn actor(&self, correlation: Option<Uuid>) -> Actor {
        Actor { principal: self.principal, via: Via::Direct, correlation }
    }

    pub(super) fn fence(&self) -> &[KeyVersion] {
        &self.fence
    }
}
