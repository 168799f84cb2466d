-- Browsers. Secrets are stored as their SHA-256 only.

create table browser_session (
    id uuid primary key,
    sha256 bytea not null unique,
    project uuid not null,
    principal uuid,
    opened_at bigint not null
);

-- `rowid` keeps the order of admission; on SQLite every such table has one unasked.
create table session_guest (
    rowid bigint generated always as identity,
    session uuid not null,
    link uuid not null,
    guest uuid not null
);

create unique index session_guest_of_link on session_guest (session, link);

create table spent_ticket (
    nonce uuid primary key,
    expires_at bigint not null
);

create index spent_ticket_by_end on spent_ticket (expires_at);
