//! The domain's ports made real on SQLite, in a file or in memory: every table, the writer tasks, the read rows.
//!
//! Nothing outside this crate names a table. What the store answers as recorded is on the disk.

mod access;
mod claims;
mod connect;
mod content;
mod control;
mod events;
mod failure;
mod fence;
mod fold;
mod folding;
mod open_error;
mod read_model;
mod readers;
mod row;
mod serving_lock;
mod sessions;
mod snapshots;
mod store;
mod tide;
mod url;

pub use open_error::OpenError;
pub use serving_lock::ServingLock;
pub use store::Store;
pub use url::DatabaseUrl;
