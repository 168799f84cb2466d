use sticky_domain::access::{Caller, Claim, Presence, Right};
use sticky_domain::event::Via;
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{DocumentId, RootId};
use sticky_domain::name;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use crate::claims::{key_of, principal_of, via_of};
use crate::row::{Columns, unreadable};

/// The best that the caller's claims give: one row per claim that gives something.
pub(crate) fn highest(
    caller: &Caller,
    document: DocumentId,
    rows: &[impl Columns],
    now: Timestamp,
) -> Result<Option<Right>, StoreError> {
    let mut highest: Option<Right> = None;
    for row in rows {
        let right = right(caller, document, row)?;
        let better = highest.as_ref().is_none_or(|highest| right.level > highest.level);
        if better && is_given(&right, now) {
            highest = Some(right);
        }
    }
    Ok(highest.map(|right| Right { level: right.level.min(caller.at_most), ..right }))
}

/// A link's guest does not learn of a trashed document; those whom it was given to do.
fn is_given(right: &Right, now: Timestamp) -> bool {
    let ended = right.until.is_some_and(|until| until <= now);
    let hidden = right.presence == Presence::Trashed && matches!(right.via, Via::Link(_));
    !ended && !hidden
}

fn right(caller: &Caller, document: DocumentId, row: &impl Columns) -> Result<Right, StoreError> {
    let claim = usize::try_from(row.number("n")?)
        .ok()
        .and_then(|n| caller.claims.get(n))
        .ok_or_else(|| unreadable("a claim"))?;
    let principal = principal_of(claim);
    let root = row.uuid_or_none("root")?.map_or_else(|| principal.into(), RootId);
    let name = row.text_or_none("name")?.unwrap_or_else(|| name::friendly(principal));
    let ends = [row.time_or_none("principal_until")?, row.time_or_none("key_until")?];
    Ok(Right {
        level: row.level("level")?,
        principal,
        root,
        name,
        via: via_of(claim),
        fence: keys(claim, document, row)?,
        until: ends.into_iter().flatten().min(),
        presence: match row.time_or_none("deleted_at")? {
            Some(_) => Presence::Trashed,
            None => Presence::Live,
        },
    })
}

/// The keys that the claim's right rests on, as they stood when it was read.
fn keys(
    claim: &Claim,
    document: DocumentId,
    row: &impl Columns,
) -> Result<Vec<KeyVersion>, StoreError> {
    let mut keys = vec![
        KeyVersion { key: RightKey::Document(document), version: row.number("document_version")? },
        KeyVersion {
            key: RightKey::Principal(principal_of(claim)),
            version: row.number("principal_version")?,
        },
    ];
    if let Some(key) = key_of(claim) {
        keys.push(KeyVersion { key, version: row.number("key_version")? });
    }
    Ok(keys)
}
