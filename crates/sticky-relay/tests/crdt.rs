//! The bytes of Yjs: guard, known state, merging, compaction, text and edits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "crdt/build.rs"]
mod build;
#[path = "crdt/compaction.rs"]
mod compaction;
#[path = "crdt/corpus.rs"]
mod corpus;
#[path = "crdt/edits.rs"]
mod edits;
#[path = "crdt/exercise.rs"]
mod exercise;
#[path = "crdt/genuine.rs"]
mod genuine;
#[path = "crdt/hostile.rs"]
mod hostile;
#[path = "crdt/judging.rs"]
mod judging;
#[path = "crdt/party.rs"]
mod party;
#[path = "crdt/random.rs"]
mod random;
#[path = "crdt/vetting.rs"]
mod vetting;
