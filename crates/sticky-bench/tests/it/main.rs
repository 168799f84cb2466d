//! Short rounds of the harnesses against a server that runs in a process of its own.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod durability;
mod harnesses;
mod server;
