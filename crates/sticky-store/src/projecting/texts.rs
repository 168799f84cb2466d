use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{NoteText, StoreError, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;
use sticky_domain::title;

use super::checkpoint::{Held, generation, hold};
use super::index::index;
use super::listed::{raise_all, sorted};
use super::set_aside::remember;
use crate::connection::{Connection, row};
use crate::control::Job;
use crate::folding::folded;
use crate::row::{Columns as _, sql};
use crate::statement::Statement;

/// Notes whose text has changed since it was read. Only [`Projection::Notes`] reads texts.
pub(super) async fn stale(
    connection: &mut impl Connection,
    target: Target,
    limit: usize,
) -> Result<Vec<(DocumentId, u64)>, StoreError> {
    if target.projection != Projection::Notes {
        return Ok(Vec::new());
    }
    let Some(generation) = generation(connection, target).await? else { return Ok(Vec::new()) };
    let statement = Statement::new(
        "select document, head from note where generation = $1 and text_seq < head
         order by document limit $2",
    );
    let statement = statement.number(sql(generation)).number(sql(limit as u64));
    let rows = connection.rows(statement).await?;
    rows.iter().map(|row| Ok((DocumentId(row.uuid("document")?), row.number("head")?))).collect()
}

/// Stores what notes say. The seq of each is its checkpoint.
pub(super) struct SaveTexts {
    target: Target,
    texts: Vec<NoteText>,
    now: Timestamp,
}

impl SaveTexts {
    /// Without the one character that Postgres cannot store.
    pub(super) fn new(target: Target, mut texts: Vec<NoteText>, now: Timestamp) -> Self {
        for text in &mut texts {
            text.text = text.text.as_ref().map(|text| text.replace('\0', "")).map_err(Clone::clone);
        }
        Self { target, texts, now }
    }
}

#[async_trait]
impl<C: Connection> Job<C> for SaveTexts {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let held = hold(connection, self.target, Lane::Control, self.now).await?;
        let Some(Held { generation, .. }) = held else { return Ok(()) };
        for NoteText { document, seq, text } in &self.texts {
            match text {
                Ok(text) => save(connection, generation, *document, *seq, text).await?,
                Err(reason) => pass_over(connection, generation, *document, *seq, reason).await?,
            }
        }
        Ok(())
    }
}

/// A text that cannot be read leaves the one before it.
async fn pass_over(
    connection: &mut impl Connection,
    generation: u64,
    document: DocumentId,
    seq: u64,
    reason: &str,
) -> Result<(), StoreError> {
    let place = format!("the text of {document} at {seq}");
    remember(connection, Projection::Notes, generation, &place, reason).await?;
    let statement = Statement::new(
        "update note set text_seq = $1 where generation = $2 and document = $3 and text_seq < $1",
    );
    connection
        .execute(statement.number(sql(seq)).number(sql(generation)).id(document.0))
        .await
        .map(drop)
}

async fn save(
    connection: &mut impl Connection,
    generation: u64,
    document: DocumentId,
    seq: u64,
    text: &str,
) -> Result<(), StoreError> {
    let derived = title::derive(text);
    let statement = Statement::new(
        "update note set derived_title = $1, text_seq = $2
         where generation = $3 and document = $4 and text_seq < $2 returning id, title",
    );
    let statement =
        statement.text(Some(&derived)).number(sql(seq)).number(sql(generation)).id(document.0);
    let Some(note) = row(connection, statement).await? else { return Ok(()) };
    let statement = Statement::new(
        "insert into note_text (note, text) values ($1, $2)
         on conflict (note) do update set text = excluded.text",
    );
    connection.execute(statement.number(sql(note.number("id")?)).text(Some(text))).await?;
    let set = note.text_or_none("title")?;
    let shown = folded(title::effective(set.as_deref(), &derived));
    show(connection, generation, document, &shown).await?;
    index(connection, generation, document).await
}

/// Brings the titles that are shown, searched and ordered by up to the text.
async fn show(
    connection: &mut impl Connection,
    generation: u64,
    document: DocumentId,
    folded_title: &str,
) -> Result<(), StoreError> {
    let note = Statement::new(
        "update note set folded_title = $1
         where generation = $2 and document = $3 and folded_title <> $1",
    );
    let note = note.text(Some(folded_title)).number(sql(generation)).id(document.0);
    if connection.execute(note).await? == 0 {
        return Ok(());
    }
    let listing = Statement::new(
        "update listing set title = $1 where generation = $2 and document = $3 and title <> $1",
    );
    let listing = listing.text(Some(&sorted(folded_title))).number(sql(generation)).id(document.0);
    connection.execute(listing).await?;
    connection.execute(raise_all(generation, &[document])).await.map(drop)
}
