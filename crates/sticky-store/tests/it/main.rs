//! The store on both of its engines, and what only a file has.

mod conformance;
mod engines;
mod files;
mod world;
