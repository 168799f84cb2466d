use std::collections::BTreeMap;

use sticky_domain::id::{DocumentId, PrincipalId, ProjectId};
use sticky_domain::port::StoreError;
use sticky_domain::projection::{Note, Sharing, Told, Touch, sharing};
use sticky_domain::title;

use super::index::{erase, forget, index};
use super::listed::{Listed, list};
use super::lists::{self, about, raise_all};
use crate::connection::Connection;
use crate::folding::folded;
use crate::row::{Columns, sql, unreadable};
use crate::statement::{Statement, places, portions, rows};

/// A note, what its text named it, and who has been given it or lost it since.
#[derive(Default)]
struct Changed {
    before: Note,
    note: Note,
    derived_title: String,
    sharings: Vec<Sharing>,
}

/// Brings notes and lists up to what is told.
pub(super) async fn fold(
    connection: &mut impl Connection,
    generation: u64,
    told: &[Told],
) -> Result<(), StoreError> {
    let mut notes = load(connection, generation, told).await?;
    for told in told {
        let Some(changed) = told.note().and_then(|document| notes.get_mut(&document)) else {
            continue;
        };
        let before = changed.note.project;
        changed.note.hear(told);
        changed.sharings.extend(sharing(told));
        if let Some(left) = before.filter(|_| before != changed.note.project) {
            changed.sharings.push(Sharing::Revoked { recipient: left.0 });
        }
    }
    let (edited, changed): (Vec<_>, Vec<_>) =
        notes.into_iter().partition(|(_, changed)| changed.is_only_edited());
    for portion in portions(&edited) {
        store_edits(connection, generation, portion).await?;
    }
    let (purged, kept): (Vec<_>, Vec<_>) =
        changed.into_iter().partition(|(_, changed)| changed.note.purged);
    for (document, _) in &purged {
        remove(connection, generation, *document).await?;
    }
    if !purged.is_empty() {
        erase(connection).await?;
    }
    store(connection, generation, &kept).await
}

/// The notes that this is about, as they stand.
async fn load(
    connection: &mut impl Connection,
    generation: u64,
    told: &[Told],
) -> Result<BTreeMap<DocumentId, Changed>, StoreError> {
    let mut notes: BTreeMap<DocumentId, Changed> =
        told.iter().filter_map(Told::note).map(|document| (document, Changed::default())).collect();
    let documents: Vec<DocumentId> = notes.keys().copied().collect();
    for portion in portions(&documents) {
        let text = format!(
            "select * from note where generation = $1 and document in ({})",
            places(2, portion.len())
        );
        for row in connection.rows(about(text, generation, portion)).await? {
            let note = note(&row)?;
            let changed = Changed {
                before: note.clone(),
                note,
                derived_title: row.text("derived_title")?,
                sharings: Vec::new(),
            };
            notes.insert(DocumentId(row.uuid("document")?), changed);
        }
    }
    Ok(notes)
}

fn note(row: &impl Columns) -> Result<Note, StoreError> {
    Ok(Note {
        project: row.uuid_or_none("project")?.map(ProjectId),
        title: row.text_or_none("title")?,
        created: touch(row, "created_at", "created_by")?,
        changed: touch(row, "changed_at", "changed_by")?,
        deleted_at: row.time_or_none("deleted_at")?,
        edited: touch(row, "edited_at", "edited_by")?,
        head: row.number("head")?,
        purged: false,
    })
}

fn touch(row: &impl Columns, at: &str, by: &str) -> Result<Option<Touch>, StoreError> {
    match (row.time_or_none(at)?, row.uuid_or_none(by)?) {
        (Some(at), Some(by)) => Ok(Some(Touch { at, by: PrincipalId(by) })),
        (None, None) => Ok(None),
        _ => Err(unreadable("a note")),
    }
}

/// Notes are typed in all the time: many of them take as many statements as one.
async fn store_edits(
    connection: &mut impl Connection,
    generation: u64,
    edited: &[(DocumentId, Changed)],
) -> Result<(), StoreError> {
    let documents: Vec<DocumentId> = edited.iter().map(|(document, _)| *document).collect();
    connection.execute(upsert(generation, edited)).await?;
    connection.execute(lists::edited(generation, &documents)).await?;
    connection.execute(raise_all(generation, &documents)).await.map(drop)
}

async fn store(
    connection: &mut impl Connection,
    generation: u64,
    notes: &[(DocumentId, Changed)],
) -> Result<(), StoreError> {
    for portion in portions(notes) {
        connection.execute(upsert(generation, portion)).await?;
    }
    let listed: Vec<Listed> = notes
        .iter()
        .filter_map(|(document, changed)| {
            Listed::of(*document, &changed.note, &changed.shown(), &changed.sharings)
        })
        .collect();
    list(connection, generation, &listed).await?;
    let found_otherwise: Vec<DocumentId> = notes
        .iter()
        .filter(|(_, changed)| changed.is_found_otherwise())
        .map(|(document, _)| *document)
        .collect();
    index(connection, generation, &found_otherwise).await
}

impl Changed {
    /// Its title, folded: set, else as its text names it.
    fn shown(&self) -> String {
        folded(title::effective(self.note.title.as_deref(), &self.derived_title))
    }

    /// Whether nothing but its newest edit is another than before, and it was in lists before.
    fn is_only_edited(&self) -> bool {
        let Note { head, edited, .. } = self.note;
        self.before.created.is_some()
            && self.before.edited != edited
            && self.sharings.is_empty()
            && self.note == Note { head, edited, ..self.before.clone() }
    }

    /// Whether it is found by other words or by others than before, its text aside.
    fn is_found_otherwise(&self) -> bool {
        let looked_at = |note: &Note| (note.title.clone(), note.deleted_at, note.project);
        !self.sharings.is_empty() || looked_at(&self.before) != looked_at(&self.note)
    }
}

/// Nothing of a purged note stays.
async fn remove(
    connection: &mut impl Connection,
    generation: u64,
    document: DocumentId,
) -> Result<(), StoreError> {
    connection.execute(raise_all(generation, &[document])).await?;
    forget(connection, generation, document).await?;
    for text in [
        "delete from listing where generation = $1 and document = $2",
        "delete from note_text where note in (
             select id from note where generation = $1 and document = $2)",
        "delete from note where generation = $1 and document = $2",
    ] {
        let gone = Statement::new(text).number(sql(generation)).id(document.0);
        connection.execute(gone).await?;
    }
    Ok(())
}

fn upsert(generation: u64, notes: &[(DocumentId, Changed)]) -> Statement {
    let text = format!(
        "insert into note (generation, document, project, title, created_at, created_by, changed_at,
             changed_by, deleted_at, edited_at, edited_by, head, folded_title)
         values {}
         on conflict (generation, document) do update set
             project = excluded.project, title = excluded.title,
             created_at = excluded.created_at, created_by = excluded.created_by,
             changed_at = excluded.changed_at, changed_by = excluded.changed_by,
             deleted_at = excluded.deleted_at, edited_at = excluded.edited_at,
             edited_by = excluded.edited_by, head = excluded.head,
             folded_title = excluded.folded_title",
        rows(1, notes.len(), 13)
    );
    notes.iter().fold(Statement::made(text), |statement, (document, changed)| {
        let Note { project, title, created, changed: touched, deleted_at, edited, head, .. } =
            &changed.note;
        statement
            .number(sql(generation))
            .id(document.0)
            .id(project.map(|project| project.0))
            .text(title.as_deref())
            .number(created.map(|touch| touch.at.0))
            .id(created.map(|touch| touch.by.0))
            .number(touched.map(|touch| touch.at.0))
            .id(touched.map(|touch| touch.by.0))
            .number(deleted_at.map(|at| at.0))
            .number(edited.map(|touch| touch.at.0))
            .id(edited.map(|touch| touch.by.0))
            .number(sql(*head))
            .text(Some(&changed.shown()))
    })
}
