use std::collections::HashMap;

use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

/// The keys of some rights as they stand inside a transaction.
#[derive(Debug, Default)]
pub(crate) struct Fence {
    held: HashMap<(i16, Uuid), Held>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    version: u64,
    until: Option<Timestamp>,
}

impl Fence {
    pub(crate) fn hold(&mut self, kind: i16, id: Uuid, version: u64, until: Option<Timestamp>) {
        self.held.insert((kind, id), Held { version, until });
    }

    pub(crate) fn holds(&self, key: (i16, Uuid)) -> bool {
        self.held.contains_key(&key)
    }

    pub(crate) fn size(&self) -> usize {
        self.held.len()
    }

    /// Takes over what a later look has found.
    pub(crate) fn update(&mut self, later: Self) {
        self.held.extend(later.held);
    }

    /// The first key that no longer stands as it did when the right was looked up.
    pub(crate) fn lapsed(&self, keys: &[KeyVersion], now: Timestamp) -> Option<RightKey> {
        keys.iter().find(|key| !self.stands(key, now)).map(|key| key.key)
    }

    fn stands(&self, key: &KeyVersion, now: Timestamp) -> bool {
        match self.held.get(&key.key.parts()) {
            Some(held) => held.version == key.version && held.until.is_none_or(|until| now < until),
            // Nobody ever lessened it; but a document without a stream is no document.
            None => key.version == 0 && !matches!(key.key, RightKey::Document(_)),
        }
    }
}

/// The code of document keys, whose versions sit on content streams instead of in `right_version`.
pub(crate) const DOCUMENT_KEY: i16 = 1;

#[cfg(test)]
mod tests {
    use sticky_domain::id::{DocumentId, LinkId};

    use super::*;

    const LINK: RightKey = RightKey::Link(LinkId(Uuid::from_u128(1)));
    const NOTE: RightKey = RightKey::Document(DocumentId(Uuid::from_u128(2)));
    const NOW: Timestamp = Timestamp(1_000);

    fn held(key: RightKey, version: u64, until: Option<Timestamp>) -> Fence {
        let (kind, id) = key.parts();
        let mut fence = Fence::default();
        fence.hold(kind, id, version, until);
        fence
    }

    #[test]
    fn a_key_stands_at_its_version_until_its_end() {
        let table = [
            (held(LINK, 2, None), LINK, 2, true),
            (held(LINK, 3, None), LINK, 2, false),
            (held(LINK, 2, Some(Timestamp(1_001))), LINK, 2, true),
            (held(LINK, 2, Some(NOW)), LINK, 2, false),
            (Fence::default(), LINK, 0, true),
            (Fence::default(), LINK, 1, false),
            (held(NOTE, 0, None), NOTE, 0, true),
            (Fence::default(), NOTE, 0, false),
        ];
        for (fence, key, version, stands) in table {
            let lapsed = fence.lapsed(&[KeyVersion { key, version }], NOW);
            assert_eq!(lapsed, (!stands).then_some(key), "{fence:?} {version}");
        }
    }
}
