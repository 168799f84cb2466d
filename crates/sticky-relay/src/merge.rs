//! Many updates as one, and what of one a peer lacks: bytes to bytes, without a document.

use std::panic::{AssertUnwindSafe, catch_unwind};

use thiserror::Error;

use crate::compact;
use crate::guard::{Limits, Refusal};
use crate::known::{Known, Vector};

/// yrs merges all at once in quadratic time, and so it does one by one; in a tree it is linear.
const FAN_IN: usize = 32;

/// An update that says nothing.
pub const EMPTY: &[u8] = &[0, 0];

/// The bytes cannot be read.
#[derive(Debug, Error)]
pub enum MergeError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// yrs could not read bytes that should have passed the guard.
    #[error("cannot merge: {0}")]
    Unreadable(String),
}

/// One update that says what all of `updates` say, in any order.
///
/// # Errors
/// [`MergeError`] if one of them is not an update.
pub fn merge(updates: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, MergeError> {
    let slices: Vec<&[u8]> = updates.iter().map(AsRef::as_ref).collect();
    match slices[..] {
        [] => Ok(EMPTY.to_vec()),
        [one] => Ok(one.to_vec()),
        _ => merge_tree(&slices),
    }
}

/// [`merge`] of a large base and the small updates since: the base is read once.
///
/// # Errors
/// [`MergeError`] if one of them is not an update.
pub fn merge_onto(base: &[u8], tail: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, MergeError> {
    match (base == EMPTY || base.is_empty(), tail.is_empty()) {
        (true, _) => merge(tail),
        (false, true) => Ok(base.to_vec()),
        (false, false) => merge_few(&[base, &merge(tail)?]),
    }
}

/// What of `update` a peer at the Yjs v1 state `vector` lacks; always all of its deletes.
///
/// # Errors
/// [`MergeError`] if one of them cannot be read.
pub fn diff(update: &[u8], vector: &[u8]) -> Result<Vec<u8>, MergeError> {
    let vector = Vector::decode(vector, &Limits::STORED)?;
    Ok(compact::since(update, &vector)?)
}

/// What of `update` is not known: neither its blocks nor its deletes.
///
/// # Errors
/// [`MergeError`] if it cannot be read.
pub fn news(update: &[u8], known: &Known) -> Result<Vec<u8>, MergeError> {
    Ok(compact::news(update, known)?)
}

fn merge_tree(updates: &[&[u8]]) -> Result<Vec<u8>, MergeError> {
    let mut level = merge_level(updates)?;
    while level.len() > 1 {
        level = merge_level(&level.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    }
    Ok(level.pop().expect("a level of one or more merges into one or more"))
}

fn merge_level(updates: &[&[u8]]) -> Result<Vec<Vec<u8>>, MergeError> {
    updates.chunks(FAN_IN).map(merge_few).collect()
}

fn merge_few(updates: &[&[u8]]) -> Result<Vec<u8>, MergeError> {
    guarded(|| yrs::merge_updates_v1(updates))
}

/// Nothing of yrs outlives the call, so a panic in it leaves nothing half-done.
fn guarded<E: ToString>(call: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Vec<u8>, MergeError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| MergeError::Unreadable(error.to_string())),
        Err(_) => Err(MergeError::Unreadable("yrs panicked".to_owned())),
    }
}
