-- What decisions need and callers read back: written in the transaction of the fact that they follow from.

create table document (
    id uuid primary key,
    project uuid not null,
    title text,
    title_folded text,
    derived_title text not null default '',
    derived_folded text not null,
    derived_seq bigint not null default 0,
    version bigint not null,
    created_at bigint not null,
    changed_at bigint not null,
    deleted_at bigint
);

create index document_of_project on document (project);

-- Read both ways: who may open this document, and what has been shared with this principal.
create table document_grant (
    document uuid not null,
    recipient uuid not null,
    level text not null,
    granted_at bigint not null,
    primary key (document, recipient)
);

create index document_grant_of_recipient on document_grant (recipient, document);

create table link (
    id uuid primary key,
    document uuid not null,
    project uuid not null,
    level text not null,
    label text,
    created_at bigint not null,
    revoked_at bigint,
    seq bigint not null
);

create index link_of_document on link (document, seq);

create table principal (
    id uuid primary key,
    project uuid not null,
    kind text not null,
    name text not null,
    root uuid not null,
    version bigint not null
);

create table access_token (
    id uuid primary key,
    sha256 bytea not null unique,
    principal uuid not null,
    label text,
    issued_at bigint not null,
    revoked_at bigint
);
