use std::collections::HashMap;

use sticky_domain::id::DocumentId;
use sticky_domain::port::StoreError;
use sticky_domain::{search, title};
use uuid::Uuid;

use super::lists::about;
use crate::connection::Connection;
use crate::row::{Columns, sql};
use crate::statement::{Statement, places, portions};

/// As much of a text as is looked at: more of it is in no index.
pub(crate) const LOOKED_AT: &str = "substr(t.text, 1, 262144)";

/// What a note is found by, and by whom: words with spaces between them.
#[derive(Debug)]
pub(crate) struct Entry {
    note: i64,
    title: String,
    words: String,
    grams: String,
    readers: String,
}

impl Entry {
    /// How many values it binds.
    pub(crate) const COLUMNS: usize = 5;

    pub(crate) fn bound_to(&self, statement: Statement) -> Statement {
        statement
            .number(self.note)
            .text(Some(&self.title))
            .text(Some(&self.words))
            .text(Some(&self.grams))
            .text(Some(&self.readers))
    }
}

/// Makes notes findable by what they say now, for those who have them now. Whoever changes anything else in the same step
/// does so before: FTS5 writes out all that it was told, and merges, whenever another statement of several rows begins.
pub(super) async fn index<C: Connection>(
    connection: &mut C,
    generation: u64,
    documents: &[DocumentId],
) -> Result<(), StoreError> {
    for portion in portions(documents) {
        let mut entries = entries(connection, generation, portion).await?;
        if !entries.is_empty() {
            // It does so at each number that is less than the one before, too.
            entries.sort_unstable_by_key(|entry| entry.note);
            connection.execute(C::keep(&entries)).await?;
        }
    }
    Ok(())
}

async fn entries<C: Connection>(
    connection: &mut C,
    generation: u64,
    documents: &[DocumentId],
) -> Result<Vec<Entry>, StoreError> {
    let mut readers = readers(connection, generation, documents).await?;
    let text = format!(
        "select n.id, n.document, n.title, n.derived_title, n.deleted_at, {LOOKED_AT} as text
         from note n left join note_text t on t.note = n.id
         where n.generation = $1 and n.document in ({})",
        places(2, documents.len())
    );
    let rows = connection.rows(about(text, generation, documents)).await?;
    rows.iter()
        .map(|note| entry(note, readers.remove(&note.uuid("document")?).unwrap_or_default()))
        .collect()
}

fn entry(note: &impl Columns, readers: Vec<String>) -> Result<Entry, StoreError> {
    let (set, derived) = (note.text_or_none("title")?, note.text("derived_title")?);
    let shown = title::effective(set.as_deref(), &derived);
    let text = note.text_or_none("text")?.unwrap_or_default();
    let trashed = note.time_or_none("deleted_at")?.is_some();
    let titled = search::words(shown);
    let said = search::words(&text).union(&titled).cloned().collect::<Vec<_>>();
    Ok(Entry {
        note: sql(note.number("id")?),
        title: spaced(titled),
        words: spaced(said),
        grams: spaced(search::grams(shown)),
        readers: if trashed { String::new() } else { spaced(readers) },
    })
}

/// Lets nobody find a note any more.
pub(super) async fn forget<C: Connection>(
    connection: &mut C,
    generation: u64,
    document: DocumentId,
) -> Result<(), StoreError> {
    let text = format!(
        "delete from note_index where {} in (
             select id from note where generation = $1 and document = $2)",
        C::NOTE
    );
    let statement = Statement::made(text).number(sql(generation)).id(document.0);
    connection.execute(statement).await.map(drop)
}

/// Sees to it that the words of notes that nobody finds any more are not kept either.
pub(super) async fn erase<C: Connection>(connection: &mut C) -> Result<(), StoreError> {
    match C::ERASE {
        Some(text) => connection.execute(Statement::new(text)).await.map(drop),
        None => Ok(()),
    }
}

fn spaced(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// The words for those who have each of the notes.
async fn readers<C: Connection>(
    connection: &mut C,
    generation: u64,
    documents: &[DocumentId],
) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
    let text = format!(
        "select document, recipient from listing where generation = $1 and document in ({})",
        places(2, documents.len())
    );
    let mut readers: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in connection.rows(about(text, generation, documents)).await? {
        let word = reader(generation, row.uuid("recipient")?);
        readers.entry(row.uuid("document")?).or_default().push(word);
    }
    Ok(readers)
}

/// The word in the index for someone who has a note, in one generation.
pub(crate) fn reader(generation: u64, recipient: Uuid) -> String {
    format!("g{generation}r{}", recipient.simple())
}
