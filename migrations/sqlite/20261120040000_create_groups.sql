-- Projects, groups, and who is in them; who gave what to whom; what links ask for.

create table project (
    id blob primary key,
    name text not null,
    kind text not null,
    created_at integer not null,
    version integer not null
) strict, without rowid;

insert into project (id, name, kind, created_at, version)
select stream, payload ->> 'name', 'team', recorded_at, seq from event where kind = 5 and type = 50;

create table user_group (
    id blob primary key,
    project blob not null,
    name text not null,
    created_at integer not null,
    deleted_at integer,
    version integer not null
) strict, without rowid;

create index user_group_of_project on user_group (project);

-- `scope` is the group or project, `kind` the kind of its stream. Read both ways, as grants are.
create table membership (
    scope blob not null,
    member blob not null,
    kind integer not null,
    member_kind text not null,
    role text not null,
    added_by blob not null,
    added_at integer not null,
    primary key (scope, member)
) strict, without rowid;

create index membership_of_member on membership (member, kind, scope, role);

alter table document_grant add column kind text not null default 'principal';
alter table document_grant add column granted_by blob;

alter table link add column audience text not null default 'anyone';
alter table link add column expires_at integer;
alter table link add column max_uses integer;
alter table link add column uses integer not null default 0;
alter table link add column password text;
alter table link add column preview text not null default 'full';
alter table link add column created_by blob;
