-- Who would like to be given a note, and what became of it.

create table access_request (
    document uuid not null,
    principal uuid not null,
    message text,
    asked_at bigint not null,
    answered_at bigint,
    primary key (document, principal)
);
