use std::io;

use thiserror::Error;

use crate::export::BadExport;
use crate::id::{LinkId, PrincipalId};
use crate::port::{StoreError, Unfit, WriteError};
use crate::usecase::Refusal;

/// Why an export was not imported.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error(transparent)]
    Bad(#[from] BadExport),
    #[error("update {seq} is refused: {unfit}")]
    Update { seq: u64, unfit: Unfit },
    #[error("the note is refused: {0}")]
    Note(Unfit),
    #[error("fact {seq} is refused: {reason}")]
    Fact { seq: u64, reason: &'static str },
    #[error("the person {id} is refused: {reason}")]
    Person { id: PrincipalId, reason: &'static str },
    #[error("there is a note with this id already")]
    Exists,
    #[error("its link {0} is here already, as that of another note")]
    LinkExists(LinkId),
    #[error("another import with this id was begun and not ended")]
    OtherBegun,
    #[error("nobody here has the id {0}")]
    NoSuchOwner(PrincipalId),
    #[error("the export was changed while it was read")]
    Changed,
    #[error("the export cannot be read: {0}")]
    Read(#[from] io::Error),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl ImportError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bad(bad) => bad.code(),
            Self::Update { unfit, .. } | Self::Note(unfit) => unfit.code,
            Self::Fact { .. } | Self::Person { .. } => "export_malformed",
            Self::Exists => "exists",
            Self::LinkExists(_) => "link_exists",
            Self::OtherBegun => "conflict",
            Self::NoSuchOwner(_) => "no_such_owner",
            Self::Changed | Self::Read(_) => "export_unreadable",
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

impl From<WriteError> for ImportError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Other => Self::OtherBegun,
            WriteError::Store(error) => Self::Refused(error.into()),
        }
    }
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}
