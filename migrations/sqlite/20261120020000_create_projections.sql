-- Read models that follow the log from a checkpoint. Any of it can be dropped and is rebuilt from the log.
-- Each row belongs to a generation; one generation of each projection is live, another may be in the making beside it.

create table projection (
    name text primary key,
    live integer not null,
    building integer
) strict, without rowid;

create table projection_checkpoint (
    name text not null,
    generation integer not null,
    lane integer not null,
    position integer not null,
    primary key (name, generation, lane)
) strict, without rowid;

-- What could not be folded, and was passed over.
create table projection_set_aside (
    name text not null,
    generation integer not null,
    place text not null,
    reason text not null,
    primary key (name, generation, place)
) strict, without rowid;

insert into projection (name, live) values ('notes', 1), ('links', 1);
insert into projection_checkpoint (name, generation, lane, position)
values ('notes', 1, 0, 0), ('notes', 1, 1, 0), ('links', 1, 0, 0), ('links', 1, 1, 0);

-- Has the titles that follow the text, too: the columns for them in `document` are read no more.
-- `project` is not there until the note's making has been folded: the lanes are followed one beside the other.
create table note (
    id integer primary key,
    generation integer not null,
    document blob not null,
    project blob,
    title text,
    created_at integer,
    created_by blob,
    changed_at integer,
    changed_by blob,
    deleted_at integer,
    edited_at integer,
    edited_by blob,
    head integer not null,
    derived_title text not null default '',
    folded_title text not null,
    text_seq integer not null default 0,
    unique (generation, document)
) strict;

create index note_with_stale_text on note (generation, document) where text_seq < head;

create table note_text (
    note integer primary key,
    text text not null
) strict;

-- A note in the list of each who has it: of those it was granted to, and of its project.
-- The sort keys are copies, so that a page of any list in any order is one range of one index.
create table listing (
    generation integer not null,
    document blob not null,
    recipient blob not null,
    trashed integer not null,
    owned integer not null,
    project blob not null,
    shared_by blob,
    created_by blob not null,
    created_at integer not null,
    modified_at integer not null,
    title text not null,
    primary key (generation, document, recipient)
) strict, without rowid;

create index listing_by_modified on listing (generation, recipient, trashed, owned, modified_at, document);
create index listing_by_created on listing (generation, recipient, trashed, owned, created_at, document);
create index listing_by_title on listing (generation, recipient, trashed, owned, title, document);
create index listing_by_creator on listing (generation, recipient, trashed, owned, created_by, document);

-- Rises with every change of what someone's list holds, so that a page that was kept is known to be as it was.
create table list_version (
    recipient blob primary key,
    version integer not null
) strict, without rowid;

create table link_use (
    generation integer not null,
    link blob not null,
    principal blob not null,
    openings integer not null,
    opened_at integer,
    edits integer not null,
    edited_at integer,
    primary key (generation, link, principal)
) strict, without rowid;
