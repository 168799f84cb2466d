-- Browsers. Secrets are stored as their SHA-256 only.

create table browser_session (
    id blob primary key,
    sha256 blob not null unique,
    project blob not null,
    principal blob,
    opened_at integer not null
) strict, without rowid;

-- Rowids keep the order of admission.
create table session_guest (
    session blob not null,
    link blob not null,
    guest blob not null
) strict;

create unique index session_guest_of_link on session_guest (session, link);

create table spent_ticket (
    nonce blob primary key,
    expires_at integer not null
) strict, without rowid;

create index spent_ticket_by_end on spent_ticket (expires_at);
