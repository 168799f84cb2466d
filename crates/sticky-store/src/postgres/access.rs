use async_trait::async_trait;
use sticky_domain::access::{Caller, Right};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Access, StoreError};

use super::Postgres;
use crate::claims::to_json;
use crate::failure::store_error;
use crate::right;

/// Every claim that gives something, with the versions of what it rests on: one statement, so one moment.
/// Key kinds: 3 link, 5 token (`RightKey::parts`); 2 the principal's own.
const RIGHTS: &str = "
    with claim as (
        select n - 1 as n, (value ->> 0)::uuid as principal, (value ->> 1)::int2 as kind,
            nullif(value ->> 2, '')::uuid as id, (value ->> 3)::bool as owner
        from jsonb_array_elements($1::text::jsonb) with ordinality as claim (value, n))
    select c.n, d.deleted_at, s.version as document_version,
        case when c.owner then 'owner' when c.kind = 3 then l.level else g.level end as level,
        p.name, p.root,
        coalesce(pv.version, 0) as principal_version, pv.until as principal_until,
        coalesce(kv.version, 0) as key_version, kv.until as key_until
    from claim c
        join document d on d.id = $2 and d.project = $3
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
impl Access for Postgres {
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
        right::highest(caller, document, &rows, self.clock.now())
    }
}
