use sqlx::postgres::PgConnection;

use crate::finding::{Column, Index, Match, for_tsquery};
use crate::projecting::Entry;
use crate::statement::{Statement, rows};

impl Index for PgConnection {
    const NOTE: &'static str = "note";

    fn keep(entries: &[Entry]) -> Statement {
        let text = format!(
            "insert into note_index (note, title, words, grams, readers)
             select note, array_to_tsvector(string_to_array(title, ' ')),
                 array_to_tsvector(string_to_array(words, ' ')),
                 array_to_tsvector(string_to_array(grams, ' ')),
                 array_to_tsvector(string_to_array(readers, ' '))
             from (values {}) as entry (note, title, words, grams, readers)
             on conflict (note) do update set title = excluded.title, words = excluded.words,
                 grams = excluded.grams, readers = excluded.readers",
            rows(1, entries.len(), Entry::COLUMNS)
        );
        entries.iter().fold(Statement::made(text), |statement, entry| entry.bound_to(statement))
    }

    /// The server does so by itself, as with every row that is deleted.
    const ERASE: Option<&'static str> = None;

    fn matching(column: Column, wanted: &Match, readers: &Match) -> Statement {
        let column = column.name();
        // An order by the bare number would tempt the planner to walk all notes by it and look at each.
        let text = format!(
            "select note from note_index
             where {column} @@ ($1::text)::tsquery and readers @@ ($2::text)::tsquery
             order by note + 0 desc limit $3"
        );
        Statement::made(text).text(Some(&for_tsquery(wanted))).text(Some(&for_tsquery(readers)))
    }
}
