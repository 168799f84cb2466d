//! Parts of a document's log, merged into one update.

use std::ops::Range;

use bytes::Bytes;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Excerpt, StoreError};

use super::Relay;
use super::content::{corrupt, merged};
use crate::guard::{Limits, Visit, check_update};
use crate::known::Vector;
use crate::merge::{diff, merge};
use crate::room::perform::off_task;

impl Relay {
    /// The recorded updates after `after` that are `wanted`: what was read ends where they reach `max_bytes`.
    pub(super) async fn recorded(
        &self,
        document: DocumentId,
        after: u64,
        max_bytes: usize,
        wanted: impl Fn(&[u8]) -> bool + Send + Sync,
    ) -> Result<Excerpt, StoreError> {
        let (mut chosen, mut bytes, mut last_seq) = (Vec::new(), 0, after);
        loop {
            let page = self.shared.ports.events.updates(document, last_seq, max_bytes).await?;
            for update in &page.updates {
                if wanted(&update.bytes) {
                    if !chosen.is_empty() && bytes + update.bytes.len() > max_bytes {
                        return joined(chosen, last_seq, page.head).await;
                    }
                    bytes += update.bytes.len();
                    chosen.push(update.bytes.clone());
                }
                last_seq = update.seq;
            }
            if page.updates.is_empty() || last_seq >= page.head {
                return joined(chosen, last_seq, page.head).await;
            }
        }
    }

    /// What a state vector lacks, whole: a difference cannot be cut without making a hole. `None` if it is no vector.
    pub(super) async fn missing(
        &self,
        document: DocumentId,
        vector: Bytes,
    ) -> Result<Option<Excerpt>, StoreError> {
        if Vector::decode(&vector, &Limits::default()).is_err() {
            return Ok(None);
        }
        let (seq, state) = merged(self.read(document).await?).await?;
        let size = state.len();
        let update =
            off_task(move || diff(&state, &vector), size).await.map_err(|error| corrupt(&error))?;
        Ok(Some(Excerpt { update: update.into(), last_seq: seq, head: seq }))
    }
}

async fn joined(chosen: Vec<Bytes>, last_seq: u64, head: u64) -> Result<Excerpt, StoreError> {
    let size = chosen.iter().map(Bytes::len).sum();
    let update = off_task(move || merge(&chosen), size).await.map_err(|error| corrupt(&error))?;
    Ok(Excerpt { update: update.into(), last_seq, head })
}

/// Whether any block of `update` holds one of these clocks of `client`.
pub(super) fn holds_clocks(update: &[u8], client: u64, clocks: Range<u32>) -> bool {
    let mut search = Search { client, clocks, found: false };
    check_update(update, &Limits::STORED, &mut search).is_ok() && search.found
}

struct Search {
    client: u64,
    clocks: Range<u32>,
    found: bool,
}

impl Visit for Search {
    fn block(&mut self, client: u64, clock: u32, len: u32) {
        self.found |=
            client == self.client && clock < self.clocks.end && clock + len > self.clocks.start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Client 1 writes "ab" at clock 0.
    const UPDATE: [u8; 18] = *b"\x01\x01\x01\x00\x04\x01\x07content\x02ab\x00";

    #[test]
    fn clocks_are_found_by_overlap() {
        let table = [
            (1, 0..1, true),
            (1, 1..9, true),
            (1, 2..9, false),
            (2, 0..9, false),
            (1, 0..0, false),
        ];
        for (client, clocks, found) in table {
            assert_eq!(holds_clocks(&UPDATE, client, clocks.clone()), found, "{client} {clocks:?}");
        }
    }
}
