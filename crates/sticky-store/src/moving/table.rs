/// A table, and what becomes of it when an installation moves.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub fate: Fate,
}

/// What becomes of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Copied lane by lane, each in the order of its positions.
    Log,
    /// Copied in the order of these columns, which no two rows share.
    Copied(&'static [Key]),
    /// The newest position of each lane: follows from the log.
    Positions,
    /// Folded from the log again, by a server that finds it empty.
    Rebuilt,
    /// Of no use elsewhere.
    Dropped,
}

/// A column to order by. Texts are ordered by their bytes, which not every engine does of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub(super) column: &'static str,
    pub(super) is_text: bool,
}

const fn by(column: &'static str) -> Key {
    Key { column, is_text: false }
}

const fn by_text(column: &'static str) -> Key {
    Key { column, is_text: true }
}

use Fate::{Copied, Dropped, Log, Positions, Rebuilt};

/// Every table of the schema: a test compares.
const TABLES: [Table; 37] = [
    Table { name: "event", fate: Log },
    Table { name: "lane", fate: Positions },
    Table { name: "setting", fate: Dropped },
    Table { name: "stream", fate: Copied(&[by("kind"), by("id")]) },
    Table { name: "right_version", fate: Copied(&[by("kind"), by("id")]) },
    Table { name: "snapshot", fate: Copied(&[by("document"), by("seq")]) },
    Table { name: "document", fate: Copied(&[by("id")]) },
    Table { name: "document_grant", fate: Copied(&[by("document"), by("recipient")]) },
    Table { name: "link", fate: Copied(&[by("id")]) },
    Table { name: "link_holder", fate: Copied(&[by("link"), by("principal")]) },
    Table { name: "access_request", fate: Copied(&[by("document"), by("principal")]) },
    Table { name: "project", fate: Copied(&[by("id")]) },
    Table { name: "user_group", fate: Copied(&[by("id")]) },
    Table { name: "membership", fate: Copied(&[by("scope"), by("member")]) },
    Table { name: "principal", fate: Copied(&[by("id")]) },
    Table { name: "access_token", fate: Copied(&[by("id")]) },
    Table { name: "account", fate: Copied(&[by("id")]) },
    Table { name: "password", fate: Copied(&[by("account")]) },
    Table { name: "identity", fate: Copied(&[by_text("provider"), by_text("subject")]) },
    Table { name: "refresh_token", fate: Copied(&[by("sha256")]) },
    Table { name: "browser_session", fate: Copied(&[by("id")]) },
    // In the order of admission.
    Table { name: "session_guest", fate: Copied(&[by("rowid")]) },
    // Their objects stay where they are.
    Table { name: "archive", fate: Copied(&[by("document")]) },
    Table { name: "segment", fate: Copied(&[by("document"), by("last_seq")]) },
    Table { name: "gc", fate: Copied(&[by_text("key")]) },
    Table { name: "lease", fate: Dropped },
    Table { name: "remembered_answer", fate: Copied(&[by("key")]) },
    Table { name: "spent_ticket", fate: Copied(&[by("nonce")]) },
    Table { name: "projection", fate: Rebuilt },
    Table { name: "projection_checkpoint", fate: Rebuilt },
    Table { name: "projection_set_aside", fate: Rebuilt },
    Table { name: "note", fate: Rebuilt },
    Table { name: "note_text", fate: Rebuilt },
    Table { name: "note_index", fate: Rebuilt },
    Table { name: "listing", fate: Rebuilt },
    Table { name: "list_version", fate: Rebuilt },
    Table { name: "link_use", fate: Rebuilt },
];

impl Table {
    /// All of them.
    pub fn all() -> &'static [Self] {
        &TABLES
    }

    /// Those that are copied, the log first.
    pub(super) fn moved() -> impl Iterator<Item = &'static Self> {
        TABLES.iter().filter(|table| matches!(table.fate, Log | Copied(_)))
    }

    pub(super) fn log() -> &'static Self {
        &TABLES[0]
    }
}
