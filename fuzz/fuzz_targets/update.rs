//! Bytes of a client through the guard, and whatever passes it through all that is done with updates.
//! What it finds becomes a file in `crates/sticky-relay/tests/corpus`, which the tests replay.

#![no_main]

#[path = "../../crates/sticky-relay/tests/crdt/exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::exercise(bytes));
