use async_trait::async_trait;
use sticky_domain::port::{Compactor, Loaded, Snapshot, StoreError};

use super::compact_verified;
use crate::room::perform::off_task;
use crate::room::state::State;

/// Compacts what was loaded of a document that is in no room.
#[derive(Debug, Clone, Copy)]
pub struct Compaction;

#[async_trait]
impl Compactor for Compaction {
    async fn compact(&self, loaded: Loaded) -> Result<Snapshot, StoreError> {
        let size = loaded.tail.iter().map(|update| update.bytes.len()).sum();
        off_task(move || compact(loaded), size).await
    }
}

fn compact(loaded: Loaded) -> Result<Snapshot, StoreError> {
    let unreadable = |reason: &dyn std::fmt::Display| StoreError::Corrupt(reason.to_string());
    let (state, _) = State::from_loaded(loaded).map_err(|bad| {
        unreadable(&format!("the snapshot at {} is refused by the guard", bad.seq))
    })?;
    let compacted =
        compact_verified(&state.base, &state.tail).map_err(|error| unreadable(&error))?;
    let owners = state.owners.to_stored();
    Ok(Snapshot { seq: state.head(), body: compacted.bytes.into(), owners })
}
