//! The domain's ports made real on SQLite (a file, or memory) and on Postgres: every table, the writer tasks, the read rows.
//!
//! Nothing outside this crate names a table. What the store answers as recorded is on the disk. What the engines share
//! is here; `sqlite` and `postgres` hold the SQL, and neither knows the other.

mod accounts;
mod answering;
pub mod archive;
mod audit;
mod claims;
mod connection;
mod connections;
mod content;
mod control;
mod directory;
mod engine;
mod failure;
mod fence;
mod finding;
mod fold;
mod folding;
mod history;
#[cfg(feature = "unsafe-test-hooks")]
pub mod hooks;
mod in_time;
mod listing;
mod moving;
mod objects;
mod open_error;
mod past;
#[cfg(test)]
mod plan;
mod postgres;
mod projecting;
mod purge;
mod query;
mod queue;
mod right;
mod row;
mod serving_lock;
mod snapshot_bytes;
mod snapshots;
mod sqlite;
mod standing;
mod statement;
mod store;
mod tables;
mod tide;
mod url;

pub use archive::ArchiveUrl;
pub use moving::{Fate, Key, MoveError, MoveProgress, Moved, Moving, Step, Table};
pub use objects::Objects;
pub use open_error::OpenError;
pub use postgres::PostgresUrl;
pub use serving_lock::ServingLock;
pub use store::Store;
pub use url::DatabaseUrl;
