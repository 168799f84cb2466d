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

    fn matching(column: Column, wanted: &Match, readers: &Match) -> Statement {
        let (column, wanted, readers) = (column.name(), for_fts5(wanted), for_fts5(readers));
        let text = "select rowid as note from note_index where note_index match $1
             order by rowid desc limit $2";
        Statement::new(text).text(Some(&format!("{column} : {wanted} AND readers : {readers}")))
    }
}
