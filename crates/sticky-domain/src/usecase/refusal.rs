use thiserror::Error;

use crate::document::Rejection;
use crate::name::NameError;
use crate::port::{AppendError, EditError, RecordError, StoreError};
use crate::title::TitleError;

/// Why something was not done. Each has one stable code, the same on every door.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("there is no note here, or it isn't shared with you")]
    NotFound,
    #[error("you may read this note, but not do this")]
    Forbidden,
    #[error("this needs a credential that may do it")]
    Unauthorized,
    #[error("the note is in the trash; restore it first")]
    InTrash,
    #[error("your right to do this was just taken away; look again")]
    Lapsed,
    #[error("{message}")]
    Invalid { code: &'static str, message: String },
    #[error("there is a note with this id already")]
    Exists,
    #[error("the text to change was not found in the note")]
    NotFoundInText,
    #[error("what the note said before change {0} has been removed for good")]
    Pruned(u64),
    #[error("the note has changed since the version that you named")]
    PreconditionFailed,
    #[error("the note changed while this was applied; read it again")]
    Conflict,
    #[error("this operation was already done with other content")]
    OpConflict,
    #[error("too many changes at once; try again")]
    Busy,
    #[error("the storage is full; nothing was changed")]
    StorageFull,
    #[error("the database cannot be reached; try again")]
    Unavailable(String),
    #[error("something stored cannot be read")]
    Corrupt(String),
}

impl Refusal {
    /// A refusal of bad input.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { code, message: message.into() }
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden | Self::Lapsed => "forbidden",
            Self::Unauthorized => "unauthorized",
            Self::InTrash => "in_trash",
            Self::Invalid { code, .. } => code,
            Self::Exists => "exists",
            Self::NotFoundInText => "not_found_in_text",
            Self::Pruned(_) => "pruned",
            Self::PreconditionFailed => "precondition_failed",
            Self::Conflict => "conflict",
            Self::OpConflict => "op_conflict",
            Self::Busy | Self::Unavailable(_) => "unavailable",
            Self::StorageFull => "storage_full",
            Self::Corrupt(_) => "internal",
        }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotFound => Self::NotFound,
            Rejection::Exists => Self::Exists,
            Rejection::InTrash => Self::InTrash,
            Rejection::NotInTrash => Self::Conflict,
            Rejection::LinkLevel => Self::invalid("link_level", rejection.to_string()),
            Rejection::TooManyLinks => Self::invalid("too_many_links", rejection.to_string()),
        }
    }
}

impl From<TitleError> for Refusal {
    fn from(error: TitleError) -> Self {
        let code = match error {
            TitleError::TooLong(_) => "title_too_long",
            TitleError::ControlCharacter => "title_invalid",
        };
        Self::invalid(code, error.to_string())
    }
}

impl From<NameError> for Refusal {
    fn from(error: NameError) -> Self {
        Self::invalid("name_invalid", error.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(detail) => Self::Unavailable(detail),
            StoreError::Full => Self::StorageFull,
            StoreError::Pruned(to) => Self::Pruned(to),
            StoreError::Corrupt(detail) => Self::Corrupt(detail),
        }
    }
}

impl From<AppendError> for Refusal {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict => Self::Busy,
            AppendError::Lapsed(_) => Self::Lapsed,
            AppendError::OpConflict => Self::OpConflict,
            AppendError::Store(error) => error.into(),
        }
    }
}

impl From<RecordError> for Refusal {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Lapsed(_) => Self::Lapsed,
            RecordError::OpConflict => Self::OpConflict,
            RecordError::Store(error) => error.into(),
        }
    }
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Refused { code, message } => Self::Invalid { code, message },
            EditError::Conflict => Self::Conflict,
            EditError::Record(error) => error.into(),
        }
    }
}
