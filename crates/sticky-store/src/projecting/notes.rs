use std::collections::BTreeMap;

use sticky_domain::id::{DocumentId, PrincipalId, ProjectId};
use sticky_domain::port::StoreError;
use sticky_domain::projection::{Note, Sharing, Told, Touch, sharing};
use sticky_domain::time::Timestamp;
use sticky_domain::title;
use uuid::Uuid;

use super::index::{forget, index};
use crate::connection::Connection;
use crate::folding::folded;
use crate::row::{Columns, sql, unreadable};
use crate::statement::{Statement, places};

/// How much of a title lists are ordered by: an index takes no more of it.
const SORTED_TITLE: usize = 128;

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
    for (document, changed) in notes {
        store(connection, generation, document, &changed).await?;
    }
    Ok(())
}

/// The notes that this is about, as they stand.
async fn load(
    connection: &mut impl Connection,
    generation: u64,
    told: &[Told],
) -> Result<BTreeMap<DocumentId, Changed>, StoreError> {
    let mut notes: BTreeMap<DocumentId, Changed> =
        told.iter().filter_map(Told::note).map(|document| (document, Changed::default())).collect();
    if notes.is_empty() {
        return Ok(notes);
    }
    let text = format!(
        "select * from note where generation = $1 and document in ({})",
        places(2, notes.len())
    );
    let statement = Statement::made(text).number(sql(generation)).ids(notes.keys().map(|id| id.0));
    for row in connection.rows(statement).await? {
        let note = note(&row)?;
        let changed = Changed {
            before: note.clone(),
            note,
            derived_title: row.text("derived_title")?,
            sharings: Vec::new(),
        };
        notes.insert(DocumentId(row.uuid("document")?), changed);
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

async fn store(
    connection: &mut impl Connection,
    generation: u64,
    document: DocumentId,
    changed: &Changed,
) -> Result<(), StoreError> {
    let Changed { note, derived_title, sharings, .. } = changed;
    if note.purged {
        return remove(connection, generation, document).await;
    }
    let shown = folded(title::effective(note.title.as_deref(), derived_title));
    connection.execute(upsert(generation, document, note, &shown)).await?;
    let Some(listed) = Listed::of(generation, document, note, &shown) else {
        return Ok(());
    };
    connection.execute(listed.for_project()).await?;
    for sharing in sharings {
        if let Sharing::Revoked { recipient } = *sharing {
            connection.execute(raise_one(recipient)).await?;
        }
        connection.execute(listed.shared(sharing)).await?;
    }
    connection.execute(listed.refreshed()).await?;
    connection.execute(raise_all(generation, document)).await?;
    if changed.is_found_otherwise() {
        index(connection, generation, document).await?;
    }
    Ok(())
}

impl Changed {
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
    connection.execute(raise_all(generation, document)).await?;
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

/// Says that the lists which the note is in are no longer as they were.
pub(super) fn raise_all(generation: u64, document: DocumentId) -> Statement {
    Statement::new(
        "insert into list_version (recipient, version)
         select recipient, 1 from listing where generation = $1 and document = $2
         on conflict (recipient) do update set version = list_version.version + 1",
    )
    .number(sql(generation))
    .id(document.0)
}

fn raise_one(recipient: Uuid) -> Statement {
    Statement::new(
        "insert into list_version (recipient, version) values ($1, 1)
         on conflict (recipient) do update set version = list_version.version + 1",
    )
    .id(recipient)
}

fn upsert(generation: u64, document: DocumentId, note: &Note, folded_title: &str) -> Statement {
    let Note { project, title, created, changed, deleted_at, edited, head, .. } = note;
    Statement::new(
        "insert into note (generation, document, project, title, created_at, created_by, changed_at,
             changed_by, deleted_at, edited_at, edited_by, head, folded_title)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (generation, document) do update set
             project = excluded.project, title = excluded.title,
             created_at = excluded.created_at, created_by = excluded.created_by,
             changed_at = excluded.changed_at, changed_by = excluded.changed_by,
             deleted_at = excluded.deleted_at, edited_at = excluded.edited_at,
             edited_by = excluded.edited_by, head = excluded.head,
             folded_title = excluded.folded_title",
    )
    .number(sql(generation))
    .id(document.0)
    .id(project.map(|project| project.0))
    .text(title.as_deref())
    .number(created.map(|touch| touch.at.0))
    .id(created.map(|touch| touch.by.0))
    .number(changed.map(|touch| touch.at.0))
    .id(changed.map(|touch| touch.by.0))
    .number(deleted_at.map(|at| at.0))
    .number(edited.map(|touch| touch.at.0))
    .id(edited.map(|touch| touch.by.0))
    .number(sql(*head))
    .text(Some(folded_title))
}

/// What the lists copy of a note.
struct Listed {
    generation: u64,
    document: DocumentId,
    project: ProjectId,
    created: Touch,
    modified_at: Timestamp,
    trashed: bool,
    title: String,
}

impl Listed {
    /// `None` while the note's making has not been heard of.
    fn of(generation: u64, document: DocumentId, note: &Note, shown: &str) -> Option<Self> {
        Some(Self {
            generation,
            document,
            project: note.project?,
            created: note.created?,
            modified_at: note.modified_at()?,
            trashed: note.deleted_at.is_some(),
            title: sorted(shown),
        })
    }

    fn for_project(&self) -> Statement {
        self.insert(self.project.0, false, None)
    }

    fn shared(&self, sharing: &Sharing) -> Statement {
        match *sharing {
            Sharing::Granted { recipient, level, by } => {
                let owned = level == sticky_domain::access::Level::Owner;
                self.insert(recipient, owned, Some(by.0))
            }
            Sharing::Revoked { recipient } => Statement::new(
                "delete from listing where generation = $1 and document = $2 and recipient = $3",
            )
            .number(sql(self.generation))
            .id(self.document.0)
            .id(recipient),
        }
    }

    fn insert(&self, recipient: Uuid, owned: bool, shared_by: Option<Uuid>) -> Statement {
        Statement::new(
            "insert into listing (generation, document, recipient, trashed, owned, shared_by,
                 created_by, created_at, modified_at, title, project)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict (generation, document, recipient) do update set
                 owned = excluded.owned, shared_by = excluded.shared_by",
        )
        .number(sql(self.generation))
        .id(self.document.0)
        .id(recipient)
        .number(i64::from(self.trashed))
        .number(i64::from(owned))
        .id(shared_by)
        .id(self.created.by.0)
        .number(self.created.at.0)
        .number(self.modified_at.0)
        .text(Some(&self.title))
        .id(self.project.0)
    }

    fn refreshed(&self) -> Statement {
        Statement::new(
            "update listing set trashed = $1, modified_at = $2, title = $3, project = $6
             where generation = $4 and document = $5
                 and (trashed <> $1 or modified_at <> $2 or title <> $3 or project <> $6)",
        )
        .number(i64::from(self.trashed))
        .number(self.modified_at.0)
        .text(Some(&self.title))
        .number(sql(self.generation))
        .id(self.document.0)
        .id(self.project.0)
    }
}

/// A folded title as lists are ordered by it.
pub(super) fn sorted(folded_title: &str) -> String {
    folded_title.chars().take(SORTED_TITLE).collect()
}
