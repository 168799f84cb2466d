use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sticky_domain::access::{Caller, Claim, Presence, Right};
use sticky_domain::event::Via;
use sticky_domain::fence::{KeyVersion, RightKey};
use sticky_domain::id::{DocumentId, RootId};
use sticky_domain::name;
use sticky_domain::port::{Access, StoreError};
use sticky_domain::time::Timestamp;

use crate::Store;
use crate::claims::{key_of, principal_of, to_json, via_of};
use crate::failure::store_error;
use crate::row::{Columns as _, unreadable};

/// Every claim that gives something, with the versions of what it rests on: one statement, so one moment.
/// Key kinds: 3 link, 5 token (`RightKey::parts`); 2 the principal's own.
const RIGHTS: &str = "
    with claim (n, principal, kind, id, owner) as (
        select key, unhex(value ->> 0), value ->> 1, unhex(value ->> 2), value ->> 3
        from json_each(?1))
    select c.n, d.deleted_at, s.version as document_version,
        case when c.owner then 'owner' when c.kind = 3 then l.level else g.level end as level,
        p.name, p.root,
        ifnull(pv.version, 0) as principal_version, pv.until as principal_until,
        ifnull(kv.version, 0) as key_version, kv.until as key_until
    from claim c
        cross join document d on d.id = ?2 and d.project = ?3
        join stream s on s.kind = 2 and s.id = d.id
        left join document_grant g on g.document = d.id and g.recipient = c.principal
        left join link l on c.kind = 3 and l.id = c.id and l.document = d.id and l.revoked_at is null
        left join access_token t on c.kind = 5 and t.id = c.id and t.principal = c.principal
            and t.revoked_at is null
        left join principal p on p.id = c.principal
        left join right_version pv on pv.kind = 2 and pv.id = c.principal
        left join right_version kv on kv.kind = c.kind and kv.id = c.id
    where c.owner or l.id is not null
        or (g.level is not null and (c.kind = 0 or t.id is not null))
    order by c.n";

#[async_trait]
impl Access for Store {
    async fn right(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Option<Right>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = sqlx::query(RIGHTS)
            .bind(to_json(&caller.claims))
            .bind(document.0)
            .bind(caller.project.0)
            .fetch_all(&mut *reader)
            .await
            .map_err(store_error)?;
        let now = self.clock.now();
        let mut highest: Option<Right> = None;
        for row in &rows {
            let right = right(caller, document, row)?;
            let better = highest.as_ref().is_none_or(|highest| right.level > highest.level);
            if better && is_given(&right, now) {
                highest = Some(right);
            }
        }
        Ok(highest.map(|right| Right { level: right.level.min(caller.at_most), ..right }))
    }
}

/// A link's guest does not learn of a trashed document; those whom it was given to do.
fn is_given(right: &Right, now: Timestamp) -> bool {
    let ended = right.until.is_some_and(|until| until <= now);
    let hidden = right.presence == Presence::Trashed && matches!(right.via, Via::Link(_));
    !ended && !hidden
}

fn right(caller: &Caller, document: DocumentId, row: &SqliteRow) -> Result<Right, StoreError> {
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
    row: &SqliteRow,
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
