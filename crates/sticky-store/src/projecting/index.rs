use sticky_domain::id::DocumentId;
use sticky_domain::port::StoreError;
use sticky_domain::{search, title};
use uuid::Uuid;

use crate::connection::{Connection, row};
use crate::row::{Columns as _, sql};
use crate::statement::Statement;

/// As much of a text as is looked at: more of it is in no index.
pub(crate) const LOOKED_AT: &str = "substr(t.text, 1, 262144)";

/// Makes a note findable by what it says now, for those who have it now.
pub(super) async fn index<C: Connection>(
    connection: &mut C,
    generation: u64,
    document: DocumentId,
) -> Result<(), StoreError> {
    let text = format!(
        "select n.id, n.title, n.derived_title, n.deleted_at, {LOOKED_AT} as text
         from note n left join note_text t on t.note = n.id
         where n.generation = $1 and n.document = $2"
    );
    let statement = Statement::made(text).number(sql(generation)).id(document.0);
    let Some(note) = row(connection, statement).await? else { return Ok(()) };
    let (set, derived) = (note.text_or_none("title")?, note.text("derived_title")?);
    let shown = title::effective(set.as_deref(), &derived);
    let text = note.text_or_none("text")?.unwrap_or_default();
    let readers = match note.time_or_none("deleted_at")? {
        Some(_) => Vec::new(),
        None => readers(connection, generation, document).await?,
    };
    let titled = search::words(shown);
    let said = search::words(&text).union(&titled).cloned().collect::<Vec<_>>();
    let number = sql(note.number("id")?);
    connection.execute(Statement::new(C::FORGET).number(number)).await?;
    let indexed = Statement::new(C::INDEX)
        .number(number)
        .text(Some(&spaced(titled)))
        .text(Some(&spaced(said)))
        .text(Some(&spaced(search::grams(shown))))
        .text(Some(&spaced(readers)));
    connection.execute(indexed).await.map(drop)
}

/// Lets nobody find a note any more.
pub(super) async fn forget<C: Connection>(
    connection: &mut C,
    generation: u64,
    document: DocumentId,
) -> Result<(), StoreError> {
    let statement = Statement::new("select id from note where generation = $1 and document = $2");
    let statement = statement.number(sql(generation)).id(document.0);
    match row(connection, statement).await? {
        Some(note) => {
            let forgotten = Statement::new(C::FORGET).number(sql(note.number("id")?));
            connection.execute(forgotten).await.map(drop)
        }
        None => Ok(()),
    }
}

fn spaced(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().collect::<Vec<_>>().join(" ")
}

async fn readers<C: Connection>(
    connection: &mut C,
    generation: u64,
    document: DocumentId,
) -> Result<Vec<String>, StoreError> {
    let statement =
        Statement::new("select recipient from listing where generation = $1 and document = $2");
    let rows = connection.rows(statement.number(sql(generation)).id(document.0)).await?;
    rows.iter().map(|row| Ok(reader(generation, row.uuid("recipient")?))).collect()
}

/// The word in the index for someone who has a note, in one generation.
pub(crate) fn reader(generation: u64, recipient: Uuid) -> String {
    format!("g{generation}r{}", recipient.simple())
}
