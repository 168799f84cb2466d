//! The store on its engines, and what only one of them has.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod conformance;
mod engines;
mod files;
mod moving;
mod postgres;
mod projections;
mod purged;
mod races;
mod s3;
mod server;
mod shelf;
mod slow_objects;
mod world;
