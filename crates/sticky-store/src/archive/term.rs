use std::time::Duration;

use uuid::Uuid;

use crate::row::sql;
use crate::statement::Statement;

/// The lease that only one archiver holds.
pub(super) const LEASE: &str = "archive";
/// How long an archiver that says nothing keeps its lease: after a crash the next one waits as long. It only saves work:
/// what makes it safe is the epoch.
pub(super) const SPAN: Duration = Duration::from_secs(10);

/// An archiver's time as the only one. What was prepared in it is committed in it, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub(super) owner: Uuid,
    pub(super) epoch: u64,
}

impl Term {
    /// Binds the lease's name, the owner and the epoch.
    pub(super) fn bound(self, statement: Statement) -> Statement {
        statement.text(Some(LEASE)).id(self.owner).number(sql(self.epoch))
    }
}
