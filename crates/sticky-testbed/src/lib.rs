//! Real servers that tests and measurements start, and the ends that they come to. Never shipped.

mod account;
mod certificate;
mod full_disk;
mod keeper;
mod postgres;
mod shim;
mod slow_sync;

pub use certificate::Certificate;
pub use full_disk::FullDisk;
pub use postgres::Postgres;
pub use slow_sync::SlowSync;
