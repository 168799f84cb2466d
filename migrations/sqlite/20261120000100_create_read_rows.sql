-- What decisions need and callers read back: written in the transaction of the fact that they follow from.

create table document (
    id blob primary key,
    project blob not null,
    title text,
    title_folded text,
    derived_title text not null default '',
    derived_folded text not null,
    derived_seq integer not null default 0,
    version integer not null,
    created_at integer not null,
    changed_at integer not null,
    deleted_at integer
) strict, without rowid;

create index document_of_project on document (project);

-- Read both ways: who may open this document, and what has been shared with this principal.
create table document_grant (
    document blob not null,
    recipient blob not null,
    level text not null,
    granted_at integer not null,
    primary key (document, recipient)
) strict, without rowid;

create index document_grant_of_recipient on document_grant (recipient, document);

create table link (
    id blob primary key,
    document blob not null,
    project blob not null,
    level text not null,
    label text,
    created_at integer not null,
    revoked_at integer,
    seq integer not null
) strict, without rowid;

create index link_of_document on link (document, seq);

create table principal (
    id blob primary key,
    project blob not null,
    kind text not null,
    name text not null,
    root blob not null,
    version integer not null
) strict, without rowid;

create table access_token (
    id blob primary key,
    sha256 blob not null unique,
    principal blob not null,
    label text,
    issued_at integer not null,
    revoked_at integer
) strict, without rowid;
