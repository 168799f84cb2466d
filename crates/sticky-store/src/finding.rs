//! Finding notes by their words: who may read them is a word as well, so that the index itself leaves out the rest.

use async_trait::async_trait;
use sticky_domain::id::ProjectId;
use sticky_domain::port::{Found, Search, SearchRequest, StoreError, Target, Within};
use sticky_domain::projection::Projection;

use crate::connection::Connection;
use crate::connections::Connections;
use crate::projecting::{Entry, LOOKED_AT, Projecting, live, reader};
use crate::row::{self, Columns as _, sql};
use crate::statement::{Statement, places};

/// A part of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Column {
    Title,
    Words,
    Grams,
}

impl Column {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Words => "words",
            Self::Grams => "grams",
        }
    }
}

/// What must be in the index. Its words are letters and digits only.
#[derive(Debug, Clone)]
pub(crate) enum Match {
    Word(String),
    Beginning(String),
    All(Vec<Match>),
    Any(Vec<Match>),
}

/// The index as an engine keeps it. Texts in it are words with spaces between them.
pub(crate) trait Index {
    /// The column with a note's number.
    const NOTE: &'static str;

    /// Puts notes in, in the place of what they were found by before.
    fn keep(entries: &[Entry]) -> Statement;

    /// Writes over the words of notes that were taken out, where an engine leaves them to its own time: all of them in an
    /// index of some thousand notes, else a part.
    const ERASE: Option<&'static str>;

    /// The numbers of the notes, greatest first, that have what is wanted in a column, and any of the readers. The caller
    /// binds how many.
    fn matching(column: Column, wanted: &Match, readers: &Match) -> Statement;
}

#[async_trait]
impl<E: Connections> Search for Projecting<'_, E> {
    async fn find(&self, request: &SearchRequest) -> Result<Vec<Found>, StoreError> {
        let mut reader = self.0.reader().await?;
        find(&mut *reader, request).await
    }
}

async fn find<C: Connection>(
    connection: &mut C,
    request: &SearchRequest,
) -> Result<Vec<Found>, StoreError> {
    let target = Target::live(Projection::Notes);
    let Some(generation) = live(connection, target).await? else { return Ok(Vec::new()) };
    let readers: Vec<Match> =
        request.lists.iter().map(|list| Match::Word(reader(generation, *list))).collect();
    if readers.is_empty() {
        return Ok(Vec::new());
    }
    let (column, wanted) = wanted(request);
    let statement = C::matching(column, &wanted, &Match::Any(readers));
    let rows = connection.rows(statement.number(sql(request.limit as u64))).await?;
    let notes: Vec<i64> =
        rows.iter().map(|row| row.number("note").map(sql)).collect::<Result<_, _>>()?;
    load(connection, request, &notes).await
}

fn wanted(request: &SearchRequest) -> (Column, Match) {
    let terms = request.query.terms.iter();
    let beginnings =
        |prefixes: &[String]| Match::All(prefixes.iter().cloned().map(Match::Beginning).collect());
    let grams = |pieces: &[Vec<String>]| {
        let all =
            |piece: &Vec<String>| Match::All(piece.iter().cloned().map(Match::Word).collect());
        Match::Any(pieces.iter().map(all).collect())
    };
    match request.within {
        Within::Title => {
            (Column::Title, Match::All(terms.map(|term| beginnings(&term.prefixes)).collect()))
        }
        Within::Everything => {
            (Column::Words, Match::All(terms.map(|term| beginnings(&term.prefixes)).collect()))
        }
        Within::NearTitle => {
            (Column::Grams, Match::All(terms.map(|term| grams(&term.grams)).collect()))
        }
    }
}

async fn load<C: Connection>(
    connection: &mut C,
    request: &SearchRequest,
    notes: &[i64],
) -> Result<Vec<Found>, StoreError> {
    if notes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = connection.rows(details(notes, request.project)).await?;
    rows.iter().map(|row| Ok(Found { row: row::document(row)?, text: row.text("text")? })).collect()
}

/// In this order, whatever SQLite takes the tables for: a planner that begins with the streams reads all of them.
fn details(notes: &[i64], project: Option<ProjectId>) -> Statement {
    let text = format!(
        "select d.id, d.project, d.title, d.version, d.created_at, d.deleted_at, s.head,
             n.derived_title, n.text_seq as derived_seq,
             case when d.changed_at > s.updated_at then d.changed_at else s.updated_at end as updated_at,
             coalesce({LOOKED_AT}, '') as text
         from note n cross join document d cross join stream s
         left join note_text t on t.note = n.id
         where ($1 is null or n.project = $1) and n.id in ({})
             and d.id = n.document and s.kind = 2 and s.id = n.document",
        places(2, notes.len())
    );
    Statement::made(text).id(project.map(|project| project.0)).numbers(notes.iter().copied())
}

/// As FTS5 reads it.
pub(crate) fn for_fts5(wanted: &Match) -> String {
    match wanted {
        Match::Word(word) => format!("\"{word}\""),
        Match::Beginning(word) => format!("\"{word}\" *"),
        Match::All(all) => joined(all, " AND ", for_fts5),
        Match::Any(any) => joined(any, " OR ", for_fts5),
    }
}

/// As Postgres reads a tsquery.
pub(crate) fn for_tsquery(wanted: &Match) -> String {
    match wanted {
        Match::Word(word) => format!("'{word}'"),
        Match::Beginning(word) => format!("'{word}':*"),
        Match::All(all) => joined(all, " & ", for_tsquery),
        Match::Any(any) => joined(any, " | ", for_tsquery),
    }
}

fn joined(parts: &[Match], by: &str, write: fn(&Match) -> String) -> String {
    let parts: Vec<String> = parts.iter().map(write).collect();
    format!("({})", parts.join(by))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    #[tokio::test]
    async fn what_is_found_is_looked_up_note_by_note() {
        let plan = plan(&details(&(1..=100).collect::<Vec<_>>(), None)).await;
        assert!(plan[0].starts_with("SEARCH n USING INTEGER PRIMARY KEY"), "{plan:?}");
    }
}
