//! Edits told in terms of the text alone.

use serde::Deserialize;
use sticky_relay::edit::{Operation, Task};
use utoipa::ToSchema;

use super::ApiError;

/// One edit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Edit {
    /// Puts `text` after everything.
    Append { text: String },
    /// Puts `text` before everything.
    Prepend { text: String },
    /// Puts `text` before the character `at`, counted from 0 in Unicode scalar values.
    Insert { at: usize, text: String },
    /// Puts `with` in the place of the `nth` occurrence of `find`, counted from 1; the first if not given.
    Replace { find: String, with: String, nth: Option<usize> },
    /// Checks or unchecks one item of a task list: the one in `line`, counted from 1, or the first that says `text`.
    Tick { line: Option<usize>, text: Option<String>, checked: bool },
}

impl Edit {
    /// The edit, if it says what it means.
    pub(super) fn operation(self) -> Result<Operation, ApiError> {
        Ok(match self {
            Self::Append { text } => Operation::Append { text },
            Self::Prepend { text } => Operation::Prepend { text },
            Self::Insert { at, text } => Operation::Insert { at, text },
            Self::Replace { find, with, nth } => replace(find, with, nth)?,
            Self::Tick { line, text, checked } => {
                Operation::Tick { task: task(line, text)?, checked }
            }
        })
    }
}

fn replace(find: String, with: String, nth: Option<usize>) -> Result<Operation, ApiError> {
    if find.is_empty() {
        return Err(ApiError::invalid("`find` must not be empty"));
    }
    if nth == Some(0) {
        return Err(ApiError::invalid("`nth` counts from 1"));
    }
    Ok(Operation::Replace { find, with, nth })
}

fn task(line: Option<usize>, text: Option<String>) -> Result<Task, ApiError> {
    match (line, text) {
        (Some(0), None) => Err(ApiError::invalid("`line` counts from 1")),
        (Some(line), None) => Ok(Task::Line(line)),
        (None, Some(text)) => Ok(Task::Text(text)),
        _ => Err(ApiError::invalid("give `line` or `text`, one of them")),
    }
}
