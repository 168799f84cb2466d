//! Read models as folds: what the events of the log come to, without a database.
//!
//! Each fold is the same whether it follows the log or is rebuilt from it: it looks at nothing but the events, in the order
//! of each lane, and the two lanes may come in any order beside each other.

mod link_use;
mod note;

use std::fmt;

use crate::event::{Event, Via};
use crate::id::{DocumentId, PrincipalId};
use crate::time::Timestamp;

pub use link_use::LinkUse;
pub use note::{Note, Sharing, Touch, sharing};

/// A read model that follows the log from a checkpoint and can be dropped and rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Projection {
    /// Notes as lists and search know them: who made and changed them when, who has them, what they say.
    Notes,
    /// Who opened and edited through which link.
    Links,
}

impl Projection {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Notes, Self::Links];

    /// The stored and spoken name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notes => "notes",
            Self::Links => "links",
        }
    }

    /// The projection with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|projection| projection.as_str() == text)
    }

    /// Whether it needs each update of a note, and not only the newest.
    pub const fn counts_updates(self) -> bool {
        matches!(self, Self::Links)
    }
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a projection is told of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// An event of the control lane.
    Fact(Box<Event>),
    /// An update, without its bytes.
    Edit(Edit),
}

/// An update of a note: who made it when, by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    pub document: DocumentId,
    pub seq: u64,
    pub principal: PrincipalId,
    pub via: Via,
    pub recorded_at: Timestamp,
}
