//! Streams and lanes: where a fact is filed.

use crate::id::{DocumentId, GroupId, PrincipalId, ProjectId};
use uuid::Uuid;

/// A totally ordered part of the log. Positions are dense within a lane and commit order is position order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Everything but content: metadata, grants, links, people.
    Control,
    /// Document updates.
    Content,
}

impl Lane {
    /// The number that the tables store.
    pub const fn code(self) -> i16 {
        match self {
            Self::Control => 0,
            Self::Content => 1,
        }
    }

    /// The lane with this stored number.
    pub const fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::Control),
            1 => Some(Self::Content),
            _ => None,
        }
    }
}

/// What a stream is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamKind {
    Document,
    Content,
    Principal,
    Group,
    Project,
}

impl StreamKind {
    /// The number that the tables store.
    pub const fn code(self) -> i16 {
        match self {
            Self::Document => 1,
            Self::Content => 2,
            Self::Principal => 3,
            Self::Group => 4,
            Self::Project => 5,
        }
    }

    /// The kind with this stored number.
    pub const fn from_code(code: i16) -> Option<Self> {
        match code {
            1 => Some(Self::Document),
            2 => Some(Self::Content),
            3 => Some(Self::Principal),
            4 => Some(Self::Group),
            5 => Some(Self::Project),
            _ => None,
        }
    }
}

/// The ordered facts of one thing. A document has two, so that typing never collides with a rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    pub kind: StreamKind,
    pub id: Uuid,
}

impl StreamId {
    /// Metadata, grants and links of a document.
    pub const fn document(id: DocumentId) -> Self {
        Self { kind: StreamKind::Document, id: id.0 }
    }

    /// The updates of a document.
    pub const fn content(id: DocumentId) -> Self {
        Self { kind: StreamKind::Content, id: id.0 }
    }

    /// A principal: who they are, what admitted them, their tokens.
    pub const fn principal(id: PrincipalId) -> Self {
        Self { kind: StreamKind::Principal, id: id.0 }
    }

    /// A group: its name and its members.
    pub const fn group(id: GroupId) -> Self {
        Self { kind: StreamKind::Group, id: id.0 }
    }

    /// A project: its name and its members.
    pub const fn project(id: ProjectId) -> Self {
        Self { kind: StreamKind::Project, id: id.0 }
    }

    /// The lane that this stream's events take their positions in.
    pub const fn lane(self) -> Lane {
        match self.kind {
            StreamKind::Content => Lane::Content,
            _ => Lane::Control,
        }
    }
}
