use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{NoteText, StoreError, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use sticky_domain::time::Timestamp;
use sticky_domain::title;

use super::checkpoint::{Held, generation, hold};
use super::index::index;
use super::lists::{about, raise_all, retitled};
use super::set_aside::remember;
use crate::connection::Connection;
use crate::control::Job;
use crate::folding::folded;
use crate::row::{Columns, sql};
use crate::statement::{Statement, places, portions, rows};

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
        let mut said = Vec::with_capacity(self.texts.len());
        for NoteText { document, seq, text } in &self.texts {
            match text {
                Ok(text) => said.push(Said { document: *document, seq: *seq, text }),
                Err(reason) => pass_over(connection, generation, *document, *seq, reason).await?,
            }
        }
        save(connection, generation, &said).await
    }
}

/// What a note says at a seq.
#[derive(Debug, Clone, Copy)]
struct Said<'a> {
    document: DocumentId,
    seq: u64,
    text: &'a str,
}

/// That, where it is newer than what is stored, and what the note is called by it.
#[derive(Debug)]
struct Newer<'a> {
    said: Said<'a>,
    note: i64,
    derived_title: String,
    folded_title: String,
    /// Whether it was called something else.
    renamed: bool,
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
    said: &[Said<'_>],
) -> Result<(), StoreError> {
    let mut newer = Vec::with_capacity(said.len());
    for portion in portions(said) {
        newer.extend(those_newer(connection, generation, portion).await?);
    }
    for portion in portions(&newer) {
        connection.execute(named(portion)).await?;
        connection.execute(stored(portion)).await?;
    }
    let documents: Vec<DocumentId> = newer.iter().map(|newer| newer.said.document).collect();
    let renamed: Vec<DocumentId> =
        newer.iter().filter(|newer| newer.renamed).map(|newer| newer.said.document).collect();
    for portion in portions(&renamed) {
        connection.execute(retitled(generation, portion)).await?;
        connection.execute(raise_all(generation, portion)).await?;
    }
    index(connection, generation, &documents).await
}

async fn those_newer<'a>(
    connection: &mut impl Connection,
    generation: u64,
    said: &[Said<'a>],
) -> Result<Vec<Newer<'a>>, StoreError> {
    let text = format!(
        "select id, document, title, folded_title, text_seq from note
         where generation = $1 and document in ({})",
        places(2, said.len())
    );
    let documents: Vec<DocumentId> = said.iter().map(|said| said.document).collect();
    let mut newer = Vec::with_capacity(said.len());
    for note in connection.rows(about(text, generation, &documents)).await? {
        let (document, stored) = (DocumentId(note.uuid("document")?), note.number("text_seq")?);
        let said = said.iter().find(|said| said.document == document && said.seq > stored);
        newer.extend(said.map(|said| said.of(&note)).transpose()?);
    }
    Ok(newer)
}

impl<'a> Said<'a> {
    fn of(self, note: &impl Columns) -> Result<Newer<'a>, StoreError> {
        let derived_title = title::derive(self.text);
        let set = note.text_or_none("title")?;
        let folded_title = folded(title::effective(set.as_deref(), &derived_title));
        let renamed = folded_title != note.text("folded_title")?;
        Ok(Newer {
            said: self,
            note: sql(note.number("id")?),
            derived_title,
            folded_title,
            renamed,
        })
    }
}

/// Brings the titles that are shown and searched up to the texts.
fn named(newer: &[Newer<'_>]) -> Statement {
    let text = format!(
        "with said (note, seq, derived_title, folded_title) as (values {})
         update note set text_seq = said.seq, derived_title = said.derived_title,
             folded_title = said.folded_title
         from said where note.id = said.note",
        rows(1, newer.len(), 4)
    );
    newer.iter().fold(Statement::made(text), |statement, newer| {
        statement
            .number(newer.note)
            .number(sql(newer.said.seq))
            .text(Some(&newer.derived_title))
            .text(Some(&newer.folded_title))
    })
}

fn stored(newer: &[Newer<'_>]) -> Statement {
    let text = format!(
        "insert into note_text (note, text) values {}
         on conflict (note) do update set text = excluded.text",
        rows(1, newer.len(), 2)
    );
    newer.iter().fold(Statement::made(text), |statement, newer| {
        statement.number(newer.note).text(Some(newer.said.text))
    })
}
