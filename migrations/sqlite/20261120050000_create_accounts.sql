-- Users, what they sign in with, and the logins and tokens that act for them.

create table account (
    id blob primary key,
    project blob not null,
    username text not null unique,
    admin integer not null,
    registered_at integer not null,
    deleted_at integer
) strict, without rowid;

-- Hashes. Not in the log, so not to be folded from it.
create table password (
    account blob primary key,
    hash text not null,
    changed_at integer not null
) strict, without rowid;

create table identity (
    provider text not null,
    subject text not null,
    account blob not null,
    primary key (provider, subject)
) strict, without rowid;

-- A promoted guest is called what its user is called.
alter table principal add column promoted_to blob;
create index principal_promoted on principal (promoted_to) where promoted_to is not null;

-- A login has no text of its own: `login` says what it was begun by.
alter table access_token rename to access_token_before;

create table access_token (
    id blob primary key,
    sha256 blob unique,
    principal blob not null,
    label text,
    issued_at integer not null,
    revoked_at integer,
    scope text not null default 'write',
    until integer,
    login text
) strict, without rowid;

insert into access_token (id, sha256, principal, label, issued_at, revoked_at)
select id, sha256, principal, label, issued_at, revoked_at from access_token_before;

drop table access_token_before;

create index access_token_of_principal on access_token (principal);

alter table browser_session add column login blob;

create table refresh_token (
    sha256 blob primary key,
    login blob not null,
    expires_at integer not null,
    used_at integer
) strict, without rowid;

create index refresh_token_by_end on refresh_token (expires_at);
