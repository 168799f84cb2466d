//! Notes in the lists of those who have them.

use std::collections::{BTreeMap, BTreeSet};

use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, PrincipalId, ProjectId};
use sticky_domain::port::StoreError;
use sticky_domain::projection::{Note, Sharing, Touch};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::lists::{raise, raise_all, sorted};
use crate::connection::Connection;
use crate::row::sql;
use crate::statement::{Statement, portions, rows};

/// What the lists copy of a note, and what has become of it in some of them.
pub(super) struct Listed {
    document: DocumentId,
    project: ProjectId,
    created: Touch,
    modified_at: Timestamp,
    trashed: bool,
    title: String,
    /// What someone has it as from now on, `None` who has it no more.
    had: BTreeMap<Uuid, Option<Given>>,
}

#[derive(Debug, Clone, Copy)]
struct Given {
    owned: bool,
    by: Option<PrincipalId>,
}

impl Listed {
    /// `None` while the note's making has not been heard of.
    pub(super) fn of(
        document: DocumentId,
        note: &Note,
        shown: &str,
        sharings: &[Sharing],
    ) -> Option<Self> {
        let project = note.project?;
        let its_projects = (project.0, Some(Given { owned: false, by: None }));
        Some(Self {
            document,
            project,
            created: note.created?,
            modified_at: note.modified_at()?,
            trashed: note.deleted_at.is_some(),
            title: sorted(shown),
            // What came last counts, and it is in its project whatever it left meanwhile.
            had: sharings.iter().map(had).chain([its_projects]).collect(),
        })
    }

    fn gone(&self) -> impl Iterator<Item = (DocumentId, Uuid)> {
        let gone = self.had.iter().filter(|(_, given)| given.is_none());
        gone.map(|(recipient, _)| (self.document, *recipient))
    }

    fn given(&self) -> impl Iterator<Item = (&Self, Uuid, Given)> {
        self.had.iter().filter_map(move |(recipient, given)| Some((self, *recipient, (*given)?)))
    }
}

fn had(sharing: &Sharing) -> (Uuid, Option<Given>) {
    match *sharing {
        Sharing::Granted { recipient, level, by } => {
            (recipient, Some(Given { owned: level == Level::Owner, by: Some(by) }))
        }
        Sharing::Revoked { recipient } => (recipient, None),
    }
}

/// Brings lists up to notes.
pub(super) async fn list(
    connection: &mut impl Connection,
    generation: u64,
    notes: &[Listed],
) -> Result<(), StoreError> {
    let gone: Vec<_> = notes.iter().flat_map(Listed::gone).collect();
    for portion in portions(&gone) {
        connection.execute(taken_out(generation, portion)).await?;
    }
    let losers: BTreeSet<Uuid> = gone.iter().map(|(_, recipient)| *recipient).collect();
    for portion in portions(&Vec::from_iter(losers)) {
        connection.execute(raise(portion)).await?;
    }
    let given: Vec<_> = notes.iter().flat_map(Listed::given).collect();
    for portion in portions(&given) {
        connection.execute(put_in(generation, portion)).await?;
    }
    for portion in portions(notes) {
        let documents: Vec<DocumentId> = portion.iter().map(|note| note.document).collect();
        connection.execute(refreshed(generation, portion)).await?;
        connection.execute(raise_all(generation, &documents)).await?;
    }
    Ok(())
}

fn taken_out(generation: u64, gone: &[(DocumentId, Uuid)]) -> Statement {
    let text = format!(
        "delete from listing where generation = $1 and (document, recipient) in (values {})",
        rows(2, gone.len(), 2)
    );
    gone.iter().fold(Statement::made(text).number(sql(generation)), |statement, gone| {
        statement.id(gone.0.0).id(gone.1)
    })
}

fn put_in(generation: u64, given: &[(&Listed, Uuid, Given)]) -> Statement {
    let text = format!(
        "insert into listing (generation, document, recipient, trashed, owned, shared_by,
             created_by, created_at, modified_at, title, project)
         values {}
         on conflict (generation, document, recipient) do update set
             owned = excluded.owned, shared_by = excluded.shared_by",
        rows(1, given.len(), 11)
    );
    given.iter().fold(Statement::made(text), |statement, (note, recipient, given)| {
        statement
            .number(sql(generation))
            .id(note.document.0)
            .id(*recipient)
            .number(i64::from(note.trashed))
            .number(i64::from(given.owned))
            .id(given.by.map(|by| by.0))
            .id(note.created.by.0)
            .number(note.created.at.0)
            .number(note.modified_at.0)
            .text(Some(&note.title))
            .id(note.project.0)
    })
}

/// Where a note is in a list already, and was something else.
fn refreshed(generation: u64, notes: &[Listed]) -> Statement {
    let text = format!(
        "with now (document, trashed, modified_at, title, project) as (values {})
         update listing set trashed = now.trashed, modified_at = now.modified_at, title = now.title,
             project = now.project
         from now where listing.generation = $1 and listing.document = now.document
             and (listing.trashed <> now.trashed or listing.modified_at <> now.modified_at
                 or listing.title <> now.title or listing.project <> now.project)",
        rows(2, notes.len(), 5)
    );
    notes.iter().fold(Statement::made(text).number(sql(generation)), |statement, note| {
        statement
            .id(note.document.0)
            .number(i64::from(note.trashed))
            .number(note.modified_at.0)
            .text(Some(&note.title))
            .id(note.project.0)
    })
}

#[cfg(test)]
mod tests {
    use super::super::lists::{edited, retitled};
    use super::*;
    use crate::plan::plan;

    fn note(number: u128) -> Listed {
        let touch = Touch { at: Timestamp(0), by: PrincipalId(Uuid::from_u128(number)) };
        let note = Note {
            project: Some(ProjectId(Uuid::from_u128(1))),
            created: Some(touch),
            changed: Some(touch),
            ..Note::default()
        };
        Listed::of(DocumentId(Uuid::from_u128(number)), &note, "", &[]).unwrap()
    }

    /// Whatever a generation holds: all notes there are.
    #[tokio::test]
    async fn no_statement_reads_through_a_generation() {
        let notes: Vec<Listed> = (0..64).map(note).collect();
        let documents: Vec<DocumentId> = notes.iter().map(|note| note.document).collect();
        let gone: Vec<_> = documents.iter().map(|document| (*document, document.0)).collect();
        for statement in [
            taken_out(1, &gone),
            refreshed(1, &notes),
            edited(1, &documents),
            retitled(1, &documents),
            raise_all(1, &documents),
        ] {
            let plan = plan(&statement).await;
            let through = plan.iter().any(|step| step.ends_with("(generation=?)"));
            assert!(!through, "{plan:?}: {}", statement.text);
        }
    }
}
