-- Who would like to be given a note, and what became of it.

create table access_request (
    document blob not null,
    principal blob not null,
    message text,
    asked_at integer not null,
    answered_at integer,
    primary key (document, principal)
) strict, without rowid;
