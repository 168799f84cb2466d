//! Edits that the server makes for someone who sends text and not updates.
//!
//! Each becomes one ordinary update under a client id of its own, which must pass the guard, build on
//! nothing unknown and read back as exactly the text that was meant.

mod difference;
mod operation;
mod task;

pub use operation::{Operation, OperationError, apply_operation};
pub use task::Task;

use thiserror::Error;

use crate::guard::{Limits, Refusal, check_update};
use crate::known::{Judgement, Known};
use crate::merge::{MergeError, merge_onto};
use crate::text::{Replica, TextError};

pub(crate) use difference::Change;
use difference::difference;

/// Why an edit was not made.
#[derive(Debug, Error)]
pub enum EditError {
    /// The place to edit is not in the text, or inside a character.
    #[error("there is no such place in the text")]
    NoSuchPlace,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The update does not make the text that was meant: two edits would be one too many to send.
    #[error("the edit would not read as intended")]
    Unintended,
}

/// The update that makes `intended` of the text of `root` in `state`, one merged update; `None` if it
/// reads so already. Only what differs is touched, by grapheme, so that cursors and others' edits in
/// the rest stay where they are.
///
/// `client` must be an id that never wrote to this document.
///
/// # Errors
/// [`EditError`]; the document is then best left alone.
pub fn replace_text(
    state: &[u8],
    root: &str,
    client: u64,
    intended: &str,
) -> Result<Option<Vec<u8>>, EditError> {
    let replica = Replica::load(state, client)?;
    let changes = difference(&replica.text(root)?, intended);
    make(&replica, state, root, &changes, intended)
}

/// The update that deletes `delete` UTF-16 code units at `at`, counted likewise, and inserts `insert`
/// there; `None` if that changes nothing. `client` as in [`replace_text`].
///
/// # Errors
/// [`EditError::NoSuchPlace`] if the place is beyond the end or cuts a character in two; else as
/// [`replace_text`].
pub fn splice(
    state: &[u8],
    root: &str,
    client: u64,
    at: usize,
    delete: usize,
    insert: &str,
) -> Result<Option<Vec<u8>>, EditError> {
    let replica = Replica::load(state, client)?;
    let text = replica.text(root)?;
    let from = byte_at(&text, at).ok_or(EditError::NoSuchPlace)?;
    let to = byte_at(&text[from..], delete).ok_or(EditError::NoSuchPlace)? + from;
    let intended = [&text[..from], insert, &text[to..]].concat();
    let change = Change { at: units(at)?, delete: units(delete)?, insert };
    let changes = if intended == text { &[][..] } else { &[change] };
    make(&replica, state, root, changes, &intended)
}

fn units(count: usize) -> Result<u32, EditError> {
    u32::try_from(count).map_err(|_| EditError::NoSuchPlace)
}

/// The byte at which the UTF-16 code unit `at` begins; `None` beyond the end or within a character.
fn byte_at(text: &str, at: usize) -> Option<usize> {
    let mut units = 0;
    let begins = |(byte, char): (usize, char)| {
        let here = units;
        units += char.len_utf16();
        (here >= at).then_some((byte, here))
    };
    match text.char_indices().find_map(begins) {
        Some((byte, here)) => (here == at).then_some(byte),
        None => (units == at).then_some(text.len()),
    }
}

fn make(
    replica: &Replica,
    state: &[u8],
    root: &str,
    changes: &[Change<'_>],
    intended: &str,
) -> Result<Option<Vec<u8>>, EditError> {
    if changes.is_empty() {
        return Ok(None);
    }
    let update = replica.edit(root, changes)?;
    verify(state, &update, root, intended)?;
    Ok(Some(update))
}

fn verify(state: &[u8], update: &[u8], root: &str, intended: &str) -> Result<(), EditError> {
    check_update(update, &Limits::default(), &mut ())?;
    let fits = matches!(Known::from_update(state)?.judge(update)?, Judgement::Fits(_));
    let merged = merge_onto(state, &[update])?;
    if fits && Replica::load(&merged, 0)?.text(root)? == intended {
        Ok(())
    } else {
        Err(EditError::Unintended)
    }
}
