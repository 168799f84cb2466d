//! Who is in what, as SQL: the same on every engine but for how a list of ids is unpacked.

/// Whom a document is given to. Binds the document.
pub(crate) const GRANTS: &str = "
    select g.recipient, g.kind as recipient_kind, g.level, g.granted_by, g.granted_at,
        coalesce(p.name, u.name) as name, p.kind as principal_kind, p.root, b.name as granter
    from document_grant g
        left join principal b on b.id = g.granted_by
        left join principal p on g.kind = 'principal' and p.id = g.recipient
        left join user_group u on g.kind = 'group' and u.id = g.recipient
    where g.document = $1 and u.deleted_at is null
    order by case g.level when 'owner' then 1 when 'editor' then 2 else 3 end,
        g.granted_at, g.recipient";

/// Who is in a group or a project. Binds it.
pub(crate) const MEMBERS: &str = "
    select m.member as recipient, m.member_kind as recipient_kind, m.role, m.added_at,
        coalesce(p.name, u.name) as name, p.kind as principal_kind, p.root
    from membership m
        left join principal p on m.member_kind = 'principal' and p.id = m.member
        left join user_group u on m.member_kind = 'group' and u.id = m.member
    where m.scope = $1
    order by case m.role when 'owner' then 1 when 'admin' then 2 when 'member' then 3
        when 'viewer' then 4 else 5 end, m.added_at, m.member";

/// Who waits for an answer, and is still there. Binds the document.
pub(crate) const REQUESTS: &str = "
    select r.principal, r.message, r.asked_at, p.name, p.kind as principal_kind, p.root
    from access_request r
        left join principal p on p.id = r.principal
        left join account a on a.id = r.principal
    where r.document = $1 and r.answered_at is null and a.deleted_at is null
    order by r.asked_at, r.principal";

pub(crate) const PROJECT: &str = "select * from project where id = $1";

pub(crate) const GROUP: &str = "select * from user_group where id = $1 and deleted_at is null";

/// What the principals are in, by way of any number of groups, themselves included.
macro_rules! reach {
    ($principals:literal) => {
        concat!(
            "with recursive reach (member) as (",
            $principals,
            " union select m.scope from reach r join membership m on m.member = r.member and m.kind = 4)"
        )
    };
}

/// The projects that principals are in.
macro_rules! projects_of {
    ($principals:literal) => {
        concat!(
            $crate::directory::reach!($principals),
            " select p.* from project p where p.id in (
                select m.scope from reach r join membership m on m.member = r.member and m.kind = 5)
              order by p.name, p.id"
        )
    };
}

/// What principals are in, and as what.
macro_rules! memberships_of {
    ($principals:literal) => {
        concat!(
            $crate::directory::reach!($principals),
            " select distinct m.scope, m.kind, m.role from reach r join membership m on m.member = r.member"
        )
    };
}

/// The groups that principals are in, and those of the projects that they manage.
macro_rules! groups_of {
    ($principals:literal) => {
        concat!(
            $crate::directory::reach!($principals),
            " select u.* from user_group u where u.deleted_at is null and (
                u.id in (select member from reach)
                or u.project in (
                    select m.scope from reach r join membership m on m.member = r.member and m.kind = 5
                    where m.role in ('admin', 'owner')))
              order by u.name, u.id"
        )
    };
}

pub(crate) use {groups_of, memberships_of, projects_of, reach};
