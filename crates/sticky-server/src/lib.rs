//! The process `sticky`: REST, WebSocket, credentials, configuration, lifecycle.

mod address;
mod api;
pub mod app;
mod archive;
mod auth;
pub mod command;
pub mod config;
mod connection;
pub mod decisions;
mod headers;
mod health;
pub mod lifecycle;
mod limit;
pub mod listen;
mod lists;
mod log;
mod metrics;
mod oauth;
mod page;
mod passwords;
pub mod people;
pub mod retention;
mod router;
mod seal;
mod serve;
pub mod signing;
mod socket;
mod storage;
pub mod system;
pub mod tls;
mod trace;
mod worker;

pub use router::router;
pub use serve::serve;
