use sqlx::sqlite::SqliteConnection;

use crate::finding::{Column, Index, Match, for_fts5};
use crate::projecting::Entry;
use crate::statement::{Statement, rows};

impl Index for SqliteConnection {
    const NOTE: &'static str = "rowid";

    fn keep(entries: &[Entry]) -> Statement {
        let text = format!(
            "insert or replace into note_index (rowid, title, words, grams, readers) values {}",
            rows(1, entries.len(), Entry::COLUMNS)
        );
        entries.iter().fold(Statement::made(text), |statement, entry| entry.bound_to(statement))
    }

    /// A note that was taken out is only said to be gone until its part of the index is merged. Merges all that is not
    /// merged yet, up to so many pages: a fifth of a second.
    const ERASE: Option<&'static str> =
        Some("insert into note_index (note_index, rank) values ('merge', -1000)");

    fn matching(column: Column, wanted: &Match, readers: &Match) -> Statement {
        let (column, wanted, readers) = (column.name(), for_fts5(wanted), for_fts5(readers));
        let text = "select rowid as note from note_index where note_index match $1
             order by rowid desc limit $2";
        Statement::new(text).text(Some(&format!("{column} : {wanted} AND readers : {readers}")))
    }
}
