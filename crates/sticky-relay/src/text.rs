//! The text that updates add up to.
//!
//! Read by a yrs `Doc` that lives no longer than the call and gets everything at once: fed piece by
//! piece in another order than the writers' it would be wrong.

mod replica;

pub(crate) use replica::Replica;

use thiserror::Error;

use crate::merge::{MergeError, merge_onto};

/// The root that holds a note's text.
pub const ROOT: &str = "content";

/// Why a text cannot be read.
#[derive(Debug, Error)]
pub enum TextError {
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("cannot read the update: {0}")]
    Unreadable(String),
}

/// The text of `root` after `base` and the updates of `tail`. Formats and embeds are left out.
///
/// # Errors
/// [`TextError`] if the bytes cannot be read.
pub fn read_text(base: &[u8], tail: &[impl AsRef<[u8]>], root: &str) -> Result<String, TextError> {
    let merged = merge_onto(base, tail)?;
    read_update(&merged, root)
}

/// The text of `root` in one update. What waits for something that is not in it is left out.
///
/// # Errors
/// [`TextError`] if the bytes cannot be read.
pub fn read_update(update: &[u8], root: &str) -> Result<String, TextError> {
    if update == crate::merge::EMPTY {
        return Ok(String::new());
    }
    Replica::load(update, 0)?.text(root)
}
