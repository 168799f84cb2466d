-- Old history that has left `event` for objects. What is in an object is decided here and nowhere else: an object without
-- its row is nothing.

-- How far each document has been archived. Its own table, so that an archiver never holds a row that an append waits for.
create table archive (
    document uuid not null primary key,
    archived_to bigint not null default 0,
    -- The hash chain's value after the record `archived_to`.
    chain bytea not null
);

-- An immutable object of the records `first_seq` to `last_seq`; `kind` 1 has what they came to instead (pruned).
create table segment (
    document uuid not null,
    first_seq bigint not null,
    last_seq bigint not null,
    kind smallint not null,
    key text not null unique,
    bytes bigint not null,
    sha256 bytea not null,
    -- The chain's value before the first record and after the last one.
    previous bytea not null,
    chain bytea not null,
    sealed_at bigint not null,
    primary key (document, last_seq)
);

create index segment_age on segment (kind, sealed_at);

-- Objects that no segment names any more, for loaders that are still reading them.
create table gc (
    key text not null primary key,
    not_before bigint not null
);

-- Who does what only one may do at a time. `epoch` grows with each change of hands: what was begun under an older one is
-- refused.
create table lease (
    name text not null primary key,
    owner uuid not null,
    epoch bigint not null,
    expires_at bigint not null
);
