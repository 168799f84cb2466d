-- What notes are found by: words of their titles, of all that they say, groups of letters of their titles for typos, and who
-- may read them. The words are made by us, the same for every engine, so no dictionary and no extension has a say.
create table note_index (
    note bigint primary key,
    title tsvector not null,
    words tsvector not null,
    grams tsvector not null,
    readers tsvector not null
);

create index note_index_terms on note_index using gin (title, words, grams, readers)
    with (fastupdate = off);

-- Everything is folded again, into this too.
delete from listing;
delete from note_text;
delete from note;
update projection_checkpoint set position = 0 where name = 'notes';
