-- What notes are found by: words of their titles, of all that they say, groups of letters of their titles for typos, and who
-- may read them. The words are made by us, the same for every engine, and are separated by spaces.
create virtual table note_index using fts5(
    title, words, grams, readers,
    content = '', contentless_delete = 1, detail = 'column', prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);

-- Everything is folded again, into this too.
delete from listing;
delete from note_text;
delete from note;
update projection_checkpoint set position = 0 where name = 'notes';
