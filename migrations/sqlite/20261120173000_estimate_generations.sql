-- Without statistics SQLite takes it that a generation is a few rows, and reads all of it where it could look for notes:
-- it is all rows there are. Nothing measures them anew, so these stay true of an installation of any size.
analyze projection;
delete from sqlite_stat1 where tbl in ('projection', 'note', 'listing');
insert into sqlite_stat1 (tbl, idx, stat)
values ('note', 'sqlite_autoindex_note_1', '100000 100000 1'),
    ('listing', 'listing', '400000 400000 4 1'),
    ('listing', 'listing_by_modified', '400000 400000 400 400 200 1 1'),
    ('listing', 'listing_by_created', '400000 400000 400 400 200 1 1'),
    ('listing', 'listing_by_title', '400000 400000 400 400 200 2 1'),
    ('listing', 'listing_by_creator', '400000 400000 400 400 200 20 1');
analyze sqlite_schema;
