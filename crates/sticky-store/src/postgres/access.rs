use async_trait::async_trait;
use sticky_domain::access::{Caller, Company, Right, Standing};
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Access, StoreError};

use super::Postgres;
use crate::claims::to_json;
use crate::failure::store_error;
use crate::query::query;
use crate::{right, standing};

/// The claims, unless the login that they rest on has ended; who acts as themselves; and what they are in, by way of any number of groups. `$1` holds the claims.
/// Key kinds: 3 link, 5 token (`RightKey::parts`). Stream kinds: 4 group.
macro_rules! callers {
    () => {
        "with recursive claim (n, principal, kind, id, owner, login) as (
            select n - 1, (value ->> 0)::uuid, (value ->> 1)::int2, nullif(value ->> 2, '')::uuid,
                (value ->> 3)::bool, l.id
            from jsonb_array_elements($1::text::jsonb) with ordinality as claim (value, n)
                left join access_token l
                    on l.id = nullif(value ->> 4, '')::uuid and l.revoked_at is null
            where value ->> 4 = '' or l.id is not null
        ), actor (n, member) as (
            select c.n, c.principal from claim c
                left join access_token t on c.kind = 5 and t.id = c.id and t.principal = c.principal
                    and t.revoked_at is null
                left join link l on c.kind = 3 and l.id = c.id and l.audience = 'shared'
            where not c.owner and (c.kind = 0 or t.id is not null or l.id is not null)
        ), reach (n, member) as (
            select n, member from actor
            union
            select r.n, m.scope from reach r join membership m on m.member = r.member and m.kind = 4
        )"
    };
}

/// Every way in which a claim gives something, with the versions of what it rests on: one statement, so one moment.
/// A role in one's own project gives nothing by itself: what was handed over from there is another's.
/// Binds the claims, the document, the chosen project or NULL, and the caller's own project.
const RIGHTS: &str = concat!(
    callers!(),
    ", note as (
        select d.id, d.project, d.deleted_at, s.version
        from document d join stream s on s.kind = 2 and s.id = d.id
        where d.id = $2 and ($3 is null or d.project = $3)
    ), given (n, what, holder, word, scope) as (
        select c.n, 0::int2, c.principal, 'owner', null::uuid from note cross join claim c
        where c.owner and note.project = $4
        union all
        select c.n, case l.audience when 'shared' then 5 else 1 end::int2, c.principal, l.level, null
        from note cross join claim c join link l on l.id = c.id and l.document = note.id
        where c.kind = 3 and l.revoked_at is null and not exists (
            select 1 from link_holder h
            where h.link = l.id and h.principal = c.principal and h.removed_at is not null)
        union all
        select a.n, 6::int2, a.member, l.level, l.id
        from note cross join actor a join claim c on c.n = a.n and c.kind <> 3
            join link_holder h on h.principal = a.member and h.document = note.id
            join link l on l.id = h.link
        where note.deleted_at is null and h.removed_at is null
            and l.revoked_at is null and l.audience = 'anyone'
        union all
        select r.n, 2::int2, r.member, g.level, null
        from note cross join reach r join document_grant g
            on g.document = note.id and g.recipient = r.member
        union all
        select r.n, 3::int2, r.member, m.role, m.scope
        from note cross join reach r join membership m
            on m.scope = note.project and m.member = r.member
        where not exists (select 1 from project p where p.id = m.scope and p.kind = 'personal')
        union all
        select r.n, 4::int2, r.member, null, m.scope
        from note cross join reach r join membership m on m.member = r.member and m.kind = 4
    )
    select g.n, g.what, g.holder, g.word, g.scope,
        note.project, note.deleted_at, note.version as document_version, p.name, p.root,
        coalesce(pv.version, 0) as principal_version, pv.until as principal_until,
        coalesce(kv.version, 0) as key_version, kv.until as key_until,
        coalesce(sv.version, 0) as scope_version, sv.until as scope_until,
        c.login, coalesce(lv.version, 0) as login_version
    from given g cross join note join claim c on c.n = g.n
        left join principal p on p.id = c.principal
        left join right_version pv on pv.kind = 2 and pv.id = c.principal
        left join right_version kv on kv.kind = c.kind and kv.id = c.id
        left join right_version lv on lv.kind = 5 and lv.id = c.login
        left join right_version sv
            on sv.kind = case g.what when 4 then 6 when 6 then 3 else 4 end and sv.id = g.scope
    order by g.n"
);

/// What a claim is in a project, or in a group and in the project that has it. Binds the claims, the group or the
/// project, the chosen project or NULL, the caller's own project, and the kind of the stream.
const STANDINGS: &str = concat!(
    callers!(),
    ", place as (
        select id, id as project from project
        where $5 = 5 and id = $2 and ($3 is null or id = $3)
        union all
        select id, project from user_group
        where $5 = 4 and id = $2 and deleted_at is null and ($3 is null or project = $3)
    ), given (n, what, holder, word, scope) as (
        select c.n, 0::int2, c.principal, 'owner', place.project from place cross join claim c
        where c.owner and place.project = $4
        union all
        select r.n, 3::int2, r.member, m.role, m.scope
        from place cross join reach r join membership m
            on m.scope in (place.id, place.project) and m.member = r.member
        union all
        select r.n, 4::int2, r.member, null, m.scope
        from place cross join reach r join membership m on m.member = r.member and m.kind = 4
    )
    select g.n, g.what, g.holder, g.word, g.scope, place.project,
        coalesce(pv.version, 0) as principal_version, pv.until as principal_until,
        coalesce(kv.version, 0) as key_version, kv.until as key_until,
        coalesce(sv.version, 0) as scope_version,
        c.login, coalesce(lv.version, 0) as login_version
    from given g cross join place join claim c on c.n = g.n
        left join right_version pv on pv.kind = 2 and pv.id = c.principal
        left join right_version kv on kv.kind = c.kind and kv.id = c.id
        left join right_version lv on lv.kind = 5 and lv.id = c.login
        left join right_version sv
            on sv.kind = case g.scope when place.project then 4 else 6 end and sv.id = g.scope
    order by g.n"
);

#[async_trait]
impl Access for Postgres {
    async fn right(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Option<Right>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows = query(RIGHTS)
            .bind(to_json(caller))
            .bind(document.0)
            .bind(caller.project.map(|project| project.0))
            .bind(caller.home.0)
            .fetch_all(&mut *reader)
            .await
            .map_err(store_error)?;
        right::highest(caller, document, &rows, self.clock.now())
    }

    async fn role(
        &self,
        caller: &Caller,
        company: Company,
    ) -> Result<Option<Standing>, StoreError> {
        let mut reader = self.readers.get().await?;
        let (id, kind) = standing::parts(company);
        let rows = query(STANDINGS)
            .bind(to_json(caller))
            .bind(id)
            .bind(caller.project.map(|project| project.0))
            .bind(caller.home.0)
            .bind(kind)
            .fetch_all(&mut *reader)
            .await
            .map_err(store_error)?;
        standing::highest(caller, company, &rows, self.clock.now())
    }
}
