use sqlx::sqlite::SqliteConnection;

use crate::finding::{Column, Index, Match, for_fts5};
use crate::statement::Statement;

impl Index for SqliteConnection {
    const FORGET: &'static str = "delete from note_index where rowid = $1";

    const INDEX: &'static str = "insert into note_index (rowid, title, words, grams, readers)
         values ($1, $2, $3, $4, $5)";

    fn matching(column: Column, wanted: &Match, readers: &Match) -> Statement {
        let (column, wanted, readers) = (column.name(), for_fts5(wanted), for_fts5(readers));
        let text = "select rowid as note from note_index where note_index match $1
             order by rowid desc limit $2";
        Statement::new(text).text(Some(&format!("{column} : {wanted} AND readers : {readers}")))
    }
}
