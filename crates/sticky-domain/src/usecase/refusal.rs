use thiserror::Error;

use crate::account;
use crate::document::Rejection;
use crate::group::GroupRejection;
use crate::name::NameError;
use crate::port::{AppendError, EditError, PasswordsBusy, RecordError, StoreError};
use crate::project::ProjectRejection;
use crate::title::TitleError;
use crate::username::{PasswordError, UsernameError};

/// Why something was not done. Each has one stable code, the same on every door.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("there is no note here, or it isn't shared with you")]
    NotFound,
    /// Something that the request names is not there.
    #[error("{message}")]
    Unknown { code: &'static str, message: &'static str },
    #[error("you may read this note, but not do this")]
    Forbidden,
    /// Not yet, or not so: the code says what is missing.
    #[error("{message}")]
    Denied { code: &'static str, message: &'static str },
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
    #[error("this name is taken")]
    Taken,
    #[error("this is not the username and the password of anyone here")]
    WrongPassword,
    #[error("new accounts are made by whoever runs this server")]
    RegistrationClosed,
    #[error("this belongs to a user already")]
    AlreadyPromoted,
    #[error("the text to change was not found in the note")]
    NotFoundInText,
    #[error("what the note said before change {0} has been removed for good")]
    Pruned(u64),
    #[error("the note has changed since the version that you named")]
    PreconditionFailed,
    #[error("the note changed while this was applied; read it again")]
    Conflict,
    /// As things stand it cannot be.
    #[error("{message}")]
    Clash { code: &'static str, message: String },
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

    /// A refusal of something that what is there already stands against.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Clash { code, message: message.into() }
    }

    /// Nobody who has left is given anything.
    pub(super) fn recipient_deleted() -> Self {
        Self::conflict("recipient_deleted", "this user has left")
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Unknown { code, .. } | Self::Denied { code, .. } => code,
            Self::Forbidden | Self::Lapsed => "forbidden",
            Self::Unauthorized => "unauthorized",
            Self::InTrash => "in_trash",
            Self::Invalid { code, .. } | Self::Clash { code, .. } => code,
            Self::Exists => "exists",
            Self::Taken => "taken",
            Self::WrongPassword => "wrong_password",
            Self::RegistrationClosed => "registration_closed",
            Self::AlreadyPromoted => "already_promoted",
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
            Rejection::TooManyGrants => Self::invalid("too_many_grants", rejection.to_string()),
            Rejection::TooManyRequests => {
                Self::conflict("too_many_requests", rejection.to_string())
            }
            Rejection::AccessRefused => {
                Self::Denied { code: "access_refused", message: "an owner of the note has said no" }
            }
            Rejection::LinkOff => Self::conflict("link_off", rejection.to_string()),
            Rejection::LastOwner => Self::conflict("last_owner", rejection.to_string()),
            Rejection::HasOwner => Self::conflict("has_owner", rejection.to_string()),
        }
    }
}

impl From<ProjectRejection> for Refusal {
    fn from(rejection: ProjectRejection) -> Self {
        let message = rejection.to_string();
        match rejection {
            ProjectRejection::NotFound => Self::NotFound,
            ProjectRejection::Exists => Self::Exists,
            ProjectRejection::Personal => Self::conflict("personal_project", message),
            ProjectRejection::LastOwner => Self::conflict("last_owner", message),
            ProjectRejection::TooManyMembers => Self::invalid("too_many_members", message),
        }
    }
}

impl From<GroupRejection> for Refusal {
    fn from(rejection: GroupRejection) -> Self {
        let message = rejection.to_string();
        match rejection {
            GroupRejection::NotFound => Self::NotFound,
            GroupRejection::Exists => Self::Exists,
            GroupRejection::Role => Self::invalid("role_invalid", message),
            GroupRejection::TooManyMembers => Self::invalid("too_many_members", message),
        }
    }
}

impl From<account::Rejection> for Refusal {
    fn from(rejection: account::Rejection) -> Self {
        match rejection {
            account::Rejection::NotFound => Self::NotFound,
            account::Rejection::Exists => Self::Exists,
            account::Rejection::TooManyTokens => {
                Self::invalid("too_many_tokens", rejection.to_string())
            }
            account::Rejection::LastWayIn => {
                Self::conflict("last_way_to_sign_in", rejection.to_string())
            }
        }
    }
}

impl From<UsernameError> for Refusal {
    fn from(error: UsernameError) -> Self {
        Self::invalid("username_invalid", error.to_string())
    }
}

impl From<PasswordError> for Refusal {
    fn from(error: PasswordError) -> Self {
        Self::invalid("password_invalid", error.to_string())
    }
}

impl From<PasswordsBusy> for Refusal {
    fn from(_: PasswordsBusy) -> Self {
        Self::Busy
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
            // As if it were turned off: who is not let in does not learn why.
            AppendError::UsedUp(_) => Self::NotFound,
            AppendError::Circle(_) => Self::conflict(
                "group_cycle",
                "the group would be in itself, directly or through others",
            ),
            AppendError::LastOwner => Self::conflict(
                "last_owner",
                "everyone else who owns it has left; make someone else an owner first",
            ),
            AppendError::Gone(_) => Self::recipient_deleted(),
            AppendError::OpConflict => Self::OpConflict,
            AppendError::Taken => Self::Taken,
            AppendError::LastAdmin => Self::conflict(
                "last_admin",
                "nobody else runs this installation; appoint another administrator first",
            ),
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
