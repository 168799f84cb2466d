//! Lists, by the notes that are in them.

use sticky_domain::id::DocumentId;
use uuid::Uuid;

use crate::row::sql;
use crate::statement::{Statement, places};

/// How much of a title lists are ordered by: an index takes no more of it.
const SORTED_TITLE: usize = 128;

/// Brings lists up to the newest edits of notes of which nothing else has changed.
pub(super) fn edited(generation: u64, documents: &[DocumentId]) -> Statement {
    let text = format!(
        "update listing set modified_at = (
             select case when n.changed_at > n.edited_at then n.changed_at else n.edited_at end
             from note n where n.generation = listing.generation and n.document = listing.document)
         where generation = $1 and document in ({})",
        places(2, documents.len())
    );
    about(text, generation, documents)
}

/// Brings lists up to the titles that texts gave their notes.
pub(super) fn retitled(generation: u64, documents: &[DocumentId]) -> Statement {
    let text = format!(
        "update listing set title = (
             select substr(n.folded_title, 1, {SORTED_TITLE})
             from note n where n.generation = listing.generation and n.document = listing.document)
         where generation = $1 and document in ({})",
        places(2, documents.len())
    );
    about(text, generation, documents)
}

/// Says that the lists which the notes are in are no longer as they were.
pub(super) fn raise_all(generation: u64, documents: &[DocumentId]) -> Statement {
    let text = format!(
        "insert into list_version (recipient, version)
         select distinct recipient, 1 from listing where generation = $1 and document in ({})
         on conflict (recipient) do update set version = list_version.version + 1",
        places(2, documents.len())
    );
    about(text, generation, documents)
}

/// Binds the generation, then the notes.
pub(super) fn about(text: String, generation: u64, documents: &[DocumentId]) -> Statement {
    Statement::made(text).number(sql(generation)).ids(documents.iter().map(|document| document.0))
}

/// The same of lists that one or another note is in no more.
pub(super) fn raise(lists: &[Uuid]) -> Statement {
    let each: Vec<String> = (1..=lists.len()).map(|place| format!("(${place}, 1)")).collect();
    let text = format!(
        "insert into list_version (recipient, version) values {}
         on conflict (recipient) do update set version = list_version.version + 1",
        each.join(", ")
    );
    Statement::made(text).ids(lists.iter().copied())
}

/// A folded title as lists are ordered by it.
pub(super) fn sorted(folded_title: &str) -> String {
    folded_title.chars().take(SORTED_TITLE).collect()
}
