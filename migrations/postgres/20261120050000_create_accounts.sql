-- Users, what they sign in with, and the logins and tokens that act for them.

create table account (
    id uuid primary key,
    project uuid not null,
    username text not null collate "C" unique,
    admin bigint not null,
    registered_at bigint not null,
    deleted_at bigint
);

-- Hashes. Not in the log, so not to be folded from it.
create table password (
    account uuid primary key,
    hash text not null,
    changed_at bigint not null
);

create table identity (
    provider text not null,
    subject text not null,
    account uuid not null,
    primary key (provider, subject)
);

-- A promoted guest is called what its user is called.
alter table principal add column promoted_to uuid;
create index principal_promoted on principal (promoted_to) where promoted_to is not null;

-- A login has no text of its own: `login` says what it was begun by.
alter table access_token alter column sha256 drop not null;
alter table access_token add column scope text not null default 'write';
alter table access_token add column until bigint;
alter table access_token add column login text;

create index access_token_of_principal on access_token (principal);

alter table browser_session add column login uuid;

create table refresh_token (
    sha256 bytea primary key,
    login uuid not null,
    expires_at bigint not null,
    used_at bigint
);

create index refresh_token_by_end on refresh_token (expires_at);
