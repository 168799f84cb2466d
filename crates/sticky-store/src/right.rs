//! What the rows about a caller and a document amount to.

mod path;
mod way;

use sticky_domain::access::{Caller, Claim, Level, Presence, Right, Role};
use sticky_domain::event::Via;
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{DocumentId, LinkId, ProjectId, RootId, TokenId};
use sticky_domain::name;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use crate::claims::{key_of, via_of};
use crate::row::{Columns, unreadable};
use way::Way;

pub(crate) use way::{Given, best_way};

/// What a row of the statements says of a claim. The numbers are written in their text.
pub(crate) mod what {
    /// Everything in the project is theirs.
    pub(crate) const LOCAL: i16 = 0;
    /// A link, for whoever holds it.
    pub(crate) const LINK: i16 = 1;
    /// A grant to the holder: the principal, or a group that it is in.
    pub(crate) const GRANT: i16 = 2;
    /// The holder's role in the document's project.
    pub(crate) const ROLE: i16 = 3;
    /// A group that the holder is in.
    pub(crate) const GROUP: i16 = 4;
    /// A link, for whoever the document is shared with otherwise.
    pub(crate) const SHARED_LINK: i16 = 5;
    /// A link that let the principal in, by whichever browser: they come as themselves.
    pub(crate) const HELD_LINK: i16 = 6;
}

/// The best that the caller's claims give. The rows of a claim are together.
pub(crate) fn highest<R: Columns>(
    caller: &Caller,
    document: DocumentId,
    rows: &[R],
    now: Timestamp,
) -> Result<Option<Right>, StoreError> {
    let mut highest: Option<Right> = None;
    for (claim, rows) in by_claim(caller, rows)? {
        let right = of_claim(claim, document, rows, now)?;
        highest = better(highest, right.filter(|right| is_given(right, now)));
    }
    Ok(highest.map(|right| Right { level: right.level.min(caller.at_most), ..right }))
}

/// The rows of each claim that has any, in the order of the claims.
pub(crate) fn by_claim<'a, R: Columns>(
    caller: &'a Caller,
    rows: &'a [R],
) -> Result<Vec<(&'a Claim, &'a [R])>, StoreError> {
    let numbers = rows.iter().map(|row| row.number("n")).collect::<Result<Vec<_>, _>>()?;
    let mut start = 0;
    let runs = numbers.chunk_by(|one, next| one == next).map(|run| {
        let rows = &rows[start..start + run.len()];
        start += run.len();
        let claim = usize::try_from(run[0]).ok().and_then(|n| caller.claims.get(n));
        Ok((claim.ok_or_else(|| unreadable("a claim"))?, rows))
    });
    runs.collect()
}

/// Of two that give the same, the first: the stronger identity.
fn better(one: Option<Right>, other: Option<Right>) -> Option<Right> {
    match (one, other) {
        (Some(one), Some(other)) if other.level <= one.level => Some(one),
        (one, other) => other.or(one),
    }
}

/// A link's guest does not learn of a trashed document; those whom it was given to do.
fn is_given(right: &Right, now: Timestamp) -> bool {
    let ended = right.until.is_some_and(|until| until <= now);
    let hidden = right.presence == Presence::Trashed && matches!(right.via, Via::Link(_));
    !ended && !hidden
}

fn of_claim<R: Columns>(
    claim: &Claim,
    document: DocumentId,
    rows: &[R],
    now: Timestamp,
) -> Result<Option<Right>, StoreError> {
    let shared = best_way(claim, rows, |row| level(row, now))?;
    let mut way = if matches!(claim, Claim::Link { .. }) { None } else { shared.as_ref() };
    let link;
    for row in rows {
        let keys = match row.code("what")? {
            what::LOCAL | what::LINK => Vec::new(),
            what::SHARED_LINK => match &shared {
                Some(shared) => shared.keys.clone(),
                None => continue,
            },
            _ => continue,
        };
        link = Way { worth: row.level("word")?, keys, until: None };
        way = Some(&link);
        break;
    }
    let Some(way) = way else { return Ok(None) };
    right(claim, document, way, &rows[0]).map(Some)
}

/// What a grant, a role in the project or a link that they hold gives.
fn level<R: Columns>(row: &R, now: Timestamp) -> Result<Option<Given<Level>>, StoreError> {
    match row.code("what")? {
        what::GRANT => Ok(Some(Given::resting_on(None, row.level("word")?))),
        what::ROLE => {
            let key = project_key(row)?;
            Ok(role(row)?.level().map(|level| Given::resting_on(Some(key), level)))
        }
        what::HELD_LINK => {
            let link = RightKey::Link(LinkId(row.uuid("scope")?));
            let key = KeyVersion { key: link, version: row.number("scope_version")? };
            let until = row.time_or_none("scope_until")?;
            let given = Given { until, ..Given::resting_on(Some(key), row.level("word")?) };
            Ok(Some(given).filter(|_| until.is_none_or(|until| now < until)))
        }
        _ => Ok(None),
    }
}

pub(crate) fn role(row: &impl Columns) -> Result<Role, StoreError> {
    Role::parse(&row.text("word")?).ok_or_else(|| unreadable("a role"))
}

fn project_key(row: &impl Columns) -> Result<KeyVersion, StoreError> {
    let key = RightKey::Project(ProjectId(row.uuid("scope")?));
    Ok(KeyVersion { key, version: row.number("scope_version")? })
}

fn right(
    claim: &Claim,
    document: DocumentId,
    way: &Way<Level>,
    row: &impl Columns,
) -> Result<Right, StoreError> {
    let principal = claim.principal();
    let root = row.uuid_or_none("root")?.map_or_else(|| principal.into(), RootId);
    let name = row.text_or_none("name")?.unwrap_or_else(|| name::friendly(principal));
    let ends = [row.time_or_none("principal_until")?, row.time_or_none("key_until")?];
    let version = row.number("document_version")?;
    let mut fence = vec![KeyVersion { key: RightKey::Document(document), version }];
    fence.extend(keys_of(claim, row)?);
    fence.extend(way.keys.iter().copied());
    Ok(Right {
        level: way.worth,
        project: ProjectId(row.uuid("project")?),
        principal,
        root,
        name,
        via: way.link().map_or_else(|| via_of(claim), Via::Link),
        fence,
        until: ends.into_iter().flatten().chain(way.until).min(),
        presence: match row.time_or_none("deleted_at")? {
            Some(_) => Presence::Trashed,
            None => Presence::Live,
        },
    })
}

/// The keys of the claim itself and of the login behind it, as they stood when the row was read.
pub(crate) fn keys_of(claim: &Claim, row: &impl Columns) -> Result<Vec<KeyVersion>, StoreError> {
    let mut keys = vec![KeyVersion {
        key: RightKey::Principal(claim.principal()),
        version: row.number("principal_version")?,
    }];
    if let Some(key) = key_of(claim) {
        keys.push(KeyVersion { key, version: row.number("key_version")? });
    }
    if let Some(login) = row.uuid_or_none("login")? {
        let key = RightKey::Token(TokenId(login));
        keys.push(KeyVersion { key, version: row.number("login_version")? });
    }
    Ok(keys)
}
