-- Whom a link has let in: guests in their browsers, and users wherever they are.

create table link_holder (
    link blob not null,
    principal blob not null,
    document blob not null,
    redeemed_at integer not null,
    removed_at integer,
    primary key (link, principal)
) strict, without rowid;

create index link_holder_of_principal on link_holder (principal, document);

insert into link_holder (link, principal, document, redeemed_at)
select k.id, e.stream, k.document, min(e.recorded_at)
from event e join link k on k.id = unhex(replace(cast(e.payload as text) ->> 'link', '-', ''))
where e.lane = 0 and e.type = 22 group by k.id, e.stream;

-- What a link opens is in its list.
insert into listing (generation, document, recipient, trashed, owned, project, shared_by,
    created_by, created_at, modified_at, title)
select l.generation, l.document, k.id, l.trashed, 0, l.project, k.created_by,
    l.created_by, l.created_at, l.modified_at, l.title
from link k join listing l on l.document = k.document and l.recipient = k.project
where k.revoked_at is null;
