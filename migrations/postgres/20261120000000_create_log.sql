-- The log. Every fact and every update is one row of `event`; all other tables can be folded from it.
-- Tables and columns have the names that they have on SQLite.

-- An append takes its lane's row first, so positions are dense and commit order is position order.
-- `floor` is the newest position: it moves with the append, under the row's lock.
create table lane (
    lane smallint primary key,
    floor bigint not null default 0
) with (fillfactor = 10);

insert into lane (lane) values (0), (1);

-- The head of every stream. A document's right version sits on its content stream, which every update of it locks.
create table stream (
    kind smallint not null,
    id uuid not null,
    head bigint not null default 0,
    version bigint not null default 0,
    updated_at bigint not null,
    primary key (kind, id)
) with (fillfactor = 70);

create table event (
    kind smallint not null,
    stream uuid not null,
    seq bigint not null,
    lane smallint not null,
    position bigint not null,
    type smallint not null,
    version smallint not null,
    op uuid not null,
    actor uuid not null,
    via smallint not null,
    via_id uuid,
    correlation uuid,
    recorded_at bigint not null,
    payload bytea not null,
    primary key (kind, stream, seq)
);

create unique index event_position on event (lane, position);
create unique index event_op on event (kind, stream, op);

-- `archiving` = 1 lets events leave, within the transaction that sets it and takes it back.
create table setting (
    name text primary key,
    value bigint not null
);

create function refuse_to_change_the_log() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only';
end $$;

create function refuse_to_lose_the_log() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from setting where name = 'archiving' and value = 1) then
        raise exception 'the log is append-only';
    end if;
    return null;
end $$;

create trigger event_is_never_changed before update or truncate on event
    for each statement execute function refuse_to_change_the_log();

create trigger event_leaves_only_when_archived before delete on event
    for each statement execute function refuse_to_lose_the_log();

-- Keys whose rights were lessened, and keys that an append has rested on: a lock needs a row.
-- A key without a row stands at version 0 and never ends.
create table right_version (
    kind smallint not null,
    id uuid not null,
    version bigint not null default 0,
    until bigint,
    primary key (kind, id)
) with (fillfactor = 70);

-- Compacted states. Derived: any of them can be thrown away.
create table snapshot (
    document uuid not null,
    seq bigint not null,
    body bytea not null,
    owners bytea not null,
    sha256 bytea not null,
    created_at bigint not null
);

create unique index snapshot_newest on snapshot (document, seq);

-- Ends a statement that did not write all that it was sent, and takes back what it did write.
create function misfit() returns bigint language plpgsql as $$
begin
    raise exception 'not everything fits' using errcode = 'ST001';
end $$;
