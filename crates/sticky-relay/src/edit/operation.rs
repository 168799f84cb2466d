use thiserror::Error;
use unicode_segmentation::GraphemeCursor;

use super::task::{self, Task};

/// An edit told in terms of the text alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Puts `text` after everything.
    Append { text: String },
    /// Puts `text` before everything.
    Prepend { text: String },
    /// Puts `text` before the character `at`, counted from 0 in Unicode scalar values (what Python and
    /// Postgres count, and what does not depend on an encoding). A place inside what a reader takes
    /// for one character (a flag, a family) is moved to its end.
    Insert { at: usize, text: String },
    /// Puts `with` in the place of the occurrence `nth` (from 1; the first if not given) of `find`.
    Replace { find: String, with: String, nth: Option<usize> },
    /// Checks or unchecks one item of a Markdown task list.
    Tick { task: Task, checked: bool },
}

/// Why an operation cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OperationError {
    /// The text has no such place, occurrence or task.
    #[error("that is not in the text")]
    NotFoundInText,
}

impl OperationError {
    /// The stable name that clients see.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFoundInText => "not_found_in_text",
        }
    }
}

/// What `text` becomes by `operation`.
///
/// # Errors
/// [`OperationError::NotFoundInText`].
pub fn apply_operation(text: &str, operation: &Operation) -> Result<String, OperationError> {
    match operation {
        Operation::Append { text: end } => Some([text, end].concat()),
        Operation::Prepend { text: start } => Some([start, text].concat()),
        Operation::Insert { at, text: new } => insert(text, *at, new),
        Operation::Replace { find, with, nth } => replace(text, find, with, nth.unwrap_or(1)),
        Operation::Tick { task, checked } => task::tick(text, task, *checked),
    }
    .ok_or(OperationError::NotFoundInText)
}

fn insert(text: &str, at: usize, new: &str) -> Option<String> {
    let mut begins = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
    let at = whole_character(text, begins.nth(at)?);
    Some([&text[..at], new, &text[at..]].concat())
}

/// `at`, or the end of the grapheme that it is inside.
fn whole_character(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(true) => at,
        _ => cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
    }
}

fn replace(text: &str, find: &str, with: &str, nth: usize) -> Option<String> {
    if find.is_empty() {
        return None;
    }
    let (at, found) = text.match_indices(find).nth(nth.checked_sub(1)?)?;
    Some([&text[..at], with, &text[at + found.len()..]].concat())
}
