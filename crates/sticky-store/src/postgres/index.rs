use sqlx::postgres::PgConnection;

use crate::finding::{Column, Index, Match, for_tsquery};
use crate::statement::Statement;

impl Index for PgConnection {
    const FORGET: &'static str = "delete from note_index where note = $1";

    const INDEX: &'static str = "insert into note_index (note, title, words, grams, readers)
         values ($1, array_to_tsvector(string_to_array($2, ' ')),
             array_to_tsvector(string_to_array($3, ' ')),
             array_to_tsvector(string_to_array($4, ' ')),
             array_to_tsvector(string_to_array($5, ' ')))";

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
