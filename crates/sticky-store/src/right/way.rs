use std::cmp::Reverse;

use sticky_domain::access::Claim;
use sticky_domain::fence::KeyVersion;
use sticky_domain::port::StoreError;

use super::path::Memberships;
use crate::row::Columns;

/// Something given, and the keys that it rests on beside those of the claim itself.
#[derive(Debug)]
pub(crate) struct Way<T> {
    pub(crate) worth: T,
    pub(crate) keys: Vec<KeyVersion>,
}

/// The most that any row is worth to the claim's principal, with the key of its own that it rests on; of several, the one
/// that rests on the fewest memberships.
pub(crate) fn best_way<T: Ord + Copy, R: Columns>(
    claim: &Claim,
    rows: &[R],
    worth: impl Fn(&R) -> Result<Option<(T, Option<KeyVersion>)>, StoreError>,
) -> Result<Option<Way<T>>, StoreError> {
    let memberships = Memberships::of(rows)?;
    let principal = claim.principal().0;
    let rank = |way: &Way<T>| (way.worth, Reverse(way.keys.len()));
    let mut best: Option<Way<T>> = None;
    for row in rows {
        let Some((worth, own)) = worth(row)? else { continue };
        let Some(mut keys) = memberships.path(principal, row.uuid("holder")?) else { continue };
        keys.extend(own);
        let way = Way { worth, keys };
        if best.as_ref().is_none_or(|best| rank(&way) > rank(best)) {
            best = Some(way);
        }
    }
    Ok(best)
}
