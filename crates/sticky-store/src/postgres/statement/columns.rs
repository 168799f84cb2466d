use std::collections::{BTreeMap, BTreeSet};

use sticky_domain::fence::RightKey;
use sticky_domain::port::NewUpdate;
use uuid::Uuid;

use crate::content::Batch;

/// A batch as the statement takes it: an array for each column.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) key_kinds: Vec<i16>,
    pub(super) key_ids: Vec<Uuid>,
    pub(super) key_versions: Vec<i64>,
    pub(super) documents: Vec<Uuid>,
    /// How many updates each document gets. One that is only rested on gets none.
    pub(super) counts: Vec<i64>,
    /// The version that all of a document's updates rest on. Some that rest on different ones cannot all fit.
    pub(super) document_versions: Vec<Option<i64>>,
    pub(super) streams: Vec<Uuid>,
    /// Where each update's document is in `documents`, from 1.
    pub(super) places: Vec<i64>,
    /// How many of the batch follow in the same document.
    pub(super) backs: Vec<i64>,
    pub(super) ops: Vec<Uuid>,
    pub(super) actors: Vec<Uuid>,
    pub(super) vias: Vec<i16>,
    pub(super) via_ids: Vec<Option<Uuid>>,
    pub(super) correlations: Vec<Option<Uuid>>,
    pub(super) payloads: Vec<Vec<u8>>,
}

/// What a document gets, and the version that it must stand at.
#[derive(Debug, Default)]
struct Share {
    count: i64,
    version: Option<i64>,
}

impl Columns {
    pub(super) fn of(batch: &Batch) -> Self {
        let mut columns = Self::default();
        let (mut keys, mut shares) = (BTreeSet::new(), BTreeMap::<Uuid, Share>::new());
        for (document, update) in batch.updates() {
            shares.entry(document.0).or_default().count += 1;
            for key in &update.fence {
                let version = key.version.cast_signed();
                match key.key {
                    RightKey::Document(document) => {
                        shares.entry(document.0).or_default().rest_on(version)
                    }
                    other => {
                        keys.insert((other.parts(), version));
                    }
                }
            }
            columns.push_event(document.0, update);
        }
        columns.push_backs(&shares);
        for ((kind, id), version) in keys {
            columns.key_kinds.push(kind);
            columns.key_ids.push(id);
            columns.key_versions.push(version);
        }
        for (document, share) in shares {
            columns.documents.push(document);
            columns.counts.push(share.count);
            columns.document_versions.push(share.version);
        }
        columns.push_places();
        columns
    }

    fn push_event(&mut self, document: Uuid, update: &NewUpdate) {
        let (via, via_id) = update.actor.via.parts();
        self.streams.push(document);
        self.ops.push(Uuid::from_bytes(update.op.0));
        self.actors.push(update.actor.principal.0);
        self.vias.push(via);
        self.via_ids.push(via_id);
        self.correlations.push(update.actor.correlation);
        self.payloads.push(update.bytes.to_vec());
    }

    fn push_places(&mut self) {
        for document in &self.streams {
            let place = self.documents.binary_search(document);
            self.places.push(1 + place.expect("every document has a share, in order") as i64);
        }
    }

    fn push_backs(&mut self, shares: &BTreeMap<Uuid, Share>) {
        let mut left: BTreeMap<Uuid, i64> =
            shares.iter().map(|(document, share)| (*document, share.count)).collect();
        for document in &self.streams {
            let left = left.get_mut(document).expect("every document has a share");
            *left -= 1;
            self.backs.push(*left);
        }
    }
}

/// No document stands there, so nothing that rests on it fits.
const NOWHERE: i64 = -1;

impl Share {
    fn rest_on(&mut self, version: i64) {
        self.version = match self.version {
            Some(other) if other != version => Some(NOWHERE),
            _ => Some(version),
        };
    }
}
