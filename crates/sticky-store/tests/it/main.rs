//! The store on both of its engines, and what only a file has.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod conformance;
mod engines;
mod files;
mod world;
