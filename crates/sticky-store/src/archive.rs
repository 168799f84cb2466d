//! The archive: old history, moved from the log's table into objects. The database's transactions are the only
//! decisions; an object that none of them names is nothing.

mod archiver;
mod chain;
mod error;
mod jobs;
mod ledger;
mod look;
mod merge;
mod policy;
mod prune;
mod record;
mod restore;
mod row;
mod segment;
mod shelf;
mod sweep;
mod term;
mod url;
mod verify;

pub use archiver::{Archiver, Package};
pub use error::ArchiveError;
pub use look::Looked;
pub use merge::Merged;
pub use policy::Policy;
pub use restore::Remains;
pub use term::Term;
pub use url::ArchiveUrl;
pub use verify::{Finding, Walked};

pub(crate) use jobs::{garbage, leaving, segments};
pub(crate) use ledger::Ledger;
pub(crate) use row::SegmentRow;
pub(crate) use segment::{Kind, Segment};
pub(crate) use shelf::Shelf;
