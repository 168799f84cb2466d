//! The process `sticky`: REST, WebSocket, credentials, configuration, lifecycle.

mod api;
pub mod app;
mod archive;
mod auth;
pub mod command;
pub mod config;
mod headers;
mod health;
pub mod lifecycle;
pub mod listen;
mod log;
mod metrics;
mod page;
pub mod people;
mod retention;
mod router;
mod serve;
pub mod signing;
mod socket;
mod storage;
pub mod system;
mod trace;
mod worker;

pub use router::router;
pub use serve::serve;
