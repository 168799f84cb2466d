-- The log. Every fact and every update is one row of `event`; all other tables can be folded from it.

-- An append takes its lane's positions under the database's one write lock, so the newest event of a lane is its position.
-- `floor` remembers the positions whose events have left the table.
create table lane (
    lane integer primary key,
    floor integer not null default 0
) strict;

insert into lane (lane) values (0), (1);

-- The head of every stream. A document's right version sits on its content stream, which every update of it reads and writes.
create table stream (
    kind integer not null,
    id blob not null,
    head integer not null default 0,
    version integer not null default 0,
    updated_at integer not null,
    primary key (kind, id)
) strict, without rowid;

create table event (
    kind integer not null,
    stream blob not null,
    seq integer not null,
    lane integer not null,
    position integer not null,
    type integer not null,
    version integer not null,
    op blob not null,
    actor blob not null,
    via integer not null,
    via_id blob,
    correlation blob,
    recorded_at integer not null,
    payload blob not null,
    primary key (kind, stream, seq)
) strict, without rowid;

create unique index event_position on event (lane, position);
-- Keys grow with time, whatever their document: so ordered, the index grows at one end and not in a place per document.
create unique index event_op on event (op, stream, kind);

-- `archiving` = 1 lets events leave, within the transaction that sets it and takes it back.
create table setting (
    name text primary key,
    value integer not null
) strict, without rowid;

create trigger event_is_never_changed before update on event
begin
    select raise(abort, 'the log is append-only');
end;

create trigger event_leaves_only_when_archived before delete on event
when not exists (select 1 from setting where name = 'archiving' and value = 1)
begin
    select raise(abort, 'the log is append-only');
end;

create trigger event_leaves_its_position after delete on event
begin
    update lane set floor = max(floor, old.position) where lane = old.lane;
end;

-- Keys whose rights were lessened. A key without a row stands at version 0 and never ends.
create table right_version (
    kind integer not null,
    id blob not null,
    version integer not null default 0,
    until integer,
    primary key (kind, id)
) strict, without rowid;

-- Compacted states. Derived: any of them can be thrown away.
create table snapshot (
    document blob not null,
    seq integer not null,
    body blob not null,
    owners blob not null,
    sha256 blob not null,
    created_at integer not null
) strict;

create unique index snapshot_newest on snapshot (document, seq);
