//! Notes in the lists of those who have them.

use sticky_domain::access::Level;
use sticky_domain::id::{DocumentId, ProjectId};
use sticky_domain::projection::{Note, Sharing, Touch};
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::row::sql;
use crate::statement::{Statement, places};

/// How much of a title lists are ordered by: an index takes no more of it.
const SORTED_TITLE: usize = 128;

/// What the lists copy of a note.
pub(super) struct Listed {
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
    pub(super) fn of(
        generation: u64,
        document: DocumentId,
        note: &Note,
        shown: &str,
    ) -> Option<Self> {
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

    pub(super) fn for_project(&self) -> Statement {
        self.insert(self.project.0, false, None)
    }

    pub(super) fn shared(&self, sharing: &Sharing) -> Statement {
        match *sharing {
            Sharing::Granted { recipient, level, by } => {
                let owned = level == Level::Owner;
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

    pub(super) fn refreshed(&self) -> Statement {
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

fn about(text: String, generation: u64, documents: &[DocumentId]) -> Statement {
    Statement::made(text).number(sql(generation)).ids(documents.iter().map(|document| document.0))
}

pub(super) fn raise_one(recipient: Uuid) -> Statement {
    Statement::new(
        "insert into list_version (recipient, version) values ($1, 1)
         on conflict (recipient) do update set version = list_version.version + 1",
    )
    .id(recipient)
}

/// A folded title as lists are ordered by it.
pub(super) fn sorted(folded_title: &str) -> String {
    folded_title.chars().take(SORTED_TITLE).collect()
}
