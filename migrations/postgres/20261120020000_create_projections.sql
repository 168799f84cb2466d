-- Read models that follow the log from a checkpoint. Any of it can be dropped and is rebuilt from the log.
-- Each row belongs to a generation; one generation of each projection is live, another may be in the making beside it.

create table projection (
    name text primary key,
    live bigint not null,
    building bigint
);

create table projection_checkpoint (
    name text not null,
    generation bigint not null,
    lane smallint not null,
    position bigint not null,
    primary key (name, generation, lane)
);

-- What could not be folded, and was passed over.
create table projection_set_aside (
    name text not null,
    generation bigint not null,
    place text not null,
    reason text not null,
    primary key (name, generation, place)
);

insert into projection (name, live) values ('notes', 1), ('links', 1);
insert into projection_checkpoint (name, generation, lane, position)
values ('notes', 1, 0, 0), ('notes', 1, 1, 0), ('links', 1, 0, 0), ('links', 1, 1, 0);

-- Has the titles that follow the text, too: the columns for them in `document` are read no more.
-- `project` is not there until the note's making has been folded: the lanes are followed one beside the other.
create table note (
    id bigint generated always as identity primary key,
    generation bigint not null,
    document uuid not null,
    project uuid,
    title text,
    created_at bigint,
    created_by uuid,
    changed_at bigint,
    changed_by uuid,
    deleted_at bigint,
    edited_at bigint,
    edited_by uuid,
    head bigint not null,
    derived_title text not null default '',
    folded_title text not null,
    text_seq bigint not null default 0,
    unique (generation, document)
);

create index note_with_stale_text on note (generation, document) where text_seq < head;

create table note_text (
    note bigint primary key,
    text text not null
);

-- A note in the list of each who has it: of those it was granted to, and of its project.
-- The sort keys are copies, so that a page of any list in any order is one range of one index.
create table listing (
    generation bigint not null,
    document uuid not null,
    recipient uuid not null,
    trashed smallint not null,
    owned smallint not null,
    project uuid not null,
    shared_by uuid,
    created_by uuid not null,
    created_at bigint not null,
    modified_at bigint not null,
    title text collate "C" not null,
    primary key (generation, document, recipient)
);

create index listing_by_modified on listing (generation, recipient, trashed, owned, modified_at, document);
create index listing_by_created on listing (generation, recipient, trashed, owned, created_at, document);
create index listing_by_title on listing (generation, recipient, trashed, owned, title, document);
create index listing_by_creator on listing (generation, recipient, trashed, owned, created_by, document);

-- Rises with every change of what someone's list holds, so that a page that was kept is known to be as it was.
create table list_version (
    recipient uuid primary key,
    version bigint not null
);

create table link_use (
    generation bigint not null,
    link uuid not null,
    principal uuid not null,
    openings bigint not null,
    opened_at bigint,
    edits bigint not null,
    edited_at bigint,
    primary key (generation, link, principal)
);
