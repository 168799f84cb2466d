use std::cmp::Reverse;

use sticky_domain::access::Claim;
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::LinkId;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use super::path::Memberships;
use crate::row::Columns;

/// Something given, and the keys that it rests on beside those of the claim itself.
#[derive(Debug)]
pub(crate) struct Way<T> {
    pub(crate) worth: T,
    pub(crate) keys: Vec<KeyVersion>,
    /// When the earliest of them ends.
    pub(crate) until: Option<Timestamp>,
}

impl<T> Way<T> {
    /// The link that it goes by, if it does.
    pub(crate) fn link(&self) -> Option<LinkId> {
        self.keys.iter().find_map(|held| match held.key {
            RightKey::Link(link) => Some(link),
            _ => None,
        })
    }
}

/// What a row gives whoever holds it.
#[derive(Debug)]
pub(crate) struct Given<T> {
    pub(crate) worth: T,
    /// The key of its own that it rests on.
    pub(crate) key: Option<KeyVersion>,
    pub(crate) until: Option<Timestamp>,
}

impl<T> Given<T> {
    /// Something that does not end by itself.
    pub(crate) const fn resting_on(key: Option<KeyVersion>, worth: T) -> Self {
        Self { worth, key, until: None }
    }
}

/// The most that any row is worth to the claim's principal, with the key of its own that it rests on; of several, the one
/// that rests on the fewest memberships.
pub(crate) fn best_way<T: Ord + Copy, R: Columns>(
    claim: &Claim,
    rows: &[R],
    given: impl Fn(&R) -> Result<Option<Given<T>>, StoreError>,
) -> Result<Option<Way<T>>, StoreError> {
    let memberships = Memberships::of(rows)?;
    let principal = claim.principal().0;
    let rank = |way: &Way<T>| (way.worth, Reverse(way.keys.len()));
    let mut best: Option<Way<T>> = None;
    for row in rows {
        let Some(Given { worth, key, until }) = given(row)? else { continue };
        let Some(mut keys) = memberships.path(principal, row.uuid("holder")?) else { continue };
        keys.extend(key);
        let way = Way { worth, keys, until };
        if best.as_ref().is_none_or(|best| rank(&way) > rank(best)) {
            best = Some(way);
        }
    }
    Ok(best)
}
