-- Projects, groups, and who is in them; who gave what to whom; what links ask for.

create table project (
    id uuid primary key,
    name text not null,
    kind text not null,
    created_at bigint not null,
    version bigint not null
);

insert into project (id, name, kind, created_at, version)
select stream, convert_from(payload, 'UTF8')::jsonb ->> 'name', 'team', recorded_at, seq
from event where kind = 5 and type = 50;

create table user_group (
    id uuid primary key,
    project uuid not null,
    name text not null,
    created_at bigint not null,
    deleted_at bigint,
    version bigint not null
);

create index user_group_of_project on user_group (project);

-- `scope` is the group or project, `kind` the kind of its stream. Read both ways, as grants are.
create table membership (
    scope uuid not null,
    member uuid not null,
    kind smallint not null,
    member_kind text not null,
    role text not null,
    added_by uuid not null,
    added_at bigint not null,
    primary key (scope, member)
);

create index membership_of_member on membership (member, kind, scope, role);

alter table document_grant add column kind text not null default 'principal';
alter table document_grant add column granted_by uuid;

alter table link add column audience text not null default 'anyone';
alter table link add column expires_at bigint;
alter table link add column max_uses bigint;
alter table link add column uses bigint not null default 0;
alter table link add column password text;
alter table link add column preview text not null default 'full';
alter table link add column created_by uuid;
