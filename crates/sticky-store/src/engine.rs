use async_trait::async_trait;
use sticky_domain::port::{
    Access, Accounts, Answers, AuditLog, Directory, Histories, Lists, Projections, ReadModel,
    Search, Sessions,
};

use crate::archive::Ledger;
use crate::tables::Tables;
use crate::{OpenError, ServingLock};

/// A database that the store runs on.
#[async_trait]
pub(crate) trait Engine:
    Tables + Ledger + Histories + ReadModel + Access + AuditLog
{
    /// The read models that follow the log.
    fn projections(&self) -> Box<dyn Projections + '_>;

    /// Users.
    fn accounts(&self) -> Box<dyn Accounts + '_>;

    /// Browsers, logins and tokens.
    fn sessions(&self) -> Box<dyn Sessions + '_>;

    /// Who is in what.
    fn directory(&self) -> Box<dyn Directory + '_>;

    /// The answers that are remembered.
    fn answers(&self) -> Box<dyn Answers + '_>;

    /// Lists of notes.
    fn lists(&self) -> Box<dyn Lists + '_>;

    /// What notes say.
    fn search(&self) -> Box<dyn Search + '_>;

    /// Claims the database for this server, where it can have only one.
    fn lock_for_serving(&self) -> Result<ServingLock, OpenError>;

    /// Whether the data is gone when the process ends.
    fn is_volatile(&self) -> bool;

    /// Takes nothing more, writes what was submitted, and leaves the database ready for the next start.
    async fn close(&self);
}
