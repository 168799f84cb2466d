use thiserror::Error;

use super::compact;
use crate::guard::Refusal;
use crate::known::{Judgement, Known};
use crate::merge::{MergeError, merge_onto};
use crate::text::{Replica, TextError};

/// A base that stands for everything it was made from.
#[derive(Debug)]
pub struct Compacted {
    /// One update with the whole state.
    pub bytes: Vec<u8>,
    /// Why `bytes` are the merged updates and not the smaller form of them; `None` if they are that.
    pub kept_merged: Option<Mismatch>,
}

/// What the compacted form did not have in common with the merged updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Mismatch {
    #[error("the guard refuses the compacted form: {0}")]
    Refused(Refusal),
    #[error("the compacted form cannot be read")]
    Unreadable,
    #[error("state vector or deletes differ")]
    State,
    #[error("the text differs")]
    Text,
    #[error("the compacted form is larger")]
    Larger,
}

/// Why no base can be made. What there is must be kept as it is.
#[derive(Debug, Error)]
pub enum CompactError {
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("the guard refuses what is to be compacted: {0}")]
    Refused(#[from] Refusal),
    #[error("merging lost clocks or deletes")]
    Lost,
    /// The same updates read differently merged and one after the other. No honest writer makes such.
    #[error("the merged updates do not read as they were recorded")]
    Diverged,
    #[error(transparent)]
    Text(#[from] TextError),
}

/// One base for `base` and the updates of `tail` after it, in the order of the log, verified: it passes the guard, yrs reads it,
/// and state vector, deletes and the text of every root are those of the updates. Where the compacted
/// form fails that, the merged updates are the base.
///
/// # Errors
/// [`CompactError`]; nothing that exists may then be replaced.
pub fn compact_verified(base: &[u8], tail: &[impl AsRef<[u8]>]) -> Result<Compacted, CompactError> {
    let merged = merge_onto(base, tail)?;
    let known = Known::from_update(&merged)?;
    if known != known_of(base, tail)? {
        return Err(CompactError::Lost);
    }
    let compacted = compact(&merged)?;
    let recorded = Recorded::replay(base, tail, &known)?;
    let mismatch = match compare_state(&merged, &known, &compacted) {
        None => recorded.compare(&compacted)?,
        mismatch => mismatch,
    };
    if mismatch == Some(Mismatch::Text) && recorded.compare(&merged)?.is_some() {
        return Err(CompactError::Diverged);
    }
    Ok(match mismatch {
        None => Compacted { bytes: compacted, kept_merged: None },
        mismatch => Compacted { bytes: merged, kept_merged: mismatch },
    })
}

/// What is known after `base` and the updates of `tail`. What was recorded before something that it builds on is counted
/// when that has come: as long as a pass over all of them finds more, another follows.
fn known_of(base: &[u8], tail: &[impl AsRef<[u8]>]) -> Result<Known, Refusal> {
    let mut known = if base.is_empty() { Known::default() } else { Known::from_update(base)? };
    loop {
        let before = known.vector().clone();
        for update in tail {
            known.absorb(update.as_ref())?;
        }
        let whole = tail.iter().all(|update| known.judge(update.as_ref()) == Ok(Judgement::Known));
        if whole || *known.vector() == before {
            return Ok(known);
        }
    }
}

fn compare_state(merged: &[u8], known: &Known, compacted: &[u8]) -> Option<Mismatch> {
    match Known::from_update(compacted) {
        Err(refusal) => Some(Mismatch::Refused(refusal)),
        Ok(found) if found != *known => Some(Mismatch::State),
        Ok(_) => (compacted.len() > most(merged.len())).then_some(Mismatch::Larger),
    }
}

/// How large a compacted form may be. Each deleted part that is cut out of a run costs some bytes, which
/// is worth it where they are few: what was deleted is then gone.
fn most(merged: usize) -> usize {
    merged + merged / 4 + 1024
}

/// The measure: a document that got the updates as they were recorded, so that neither merging nor
/// compacting is trusted.
struct Recorded {
    /// Root and text.
    texts: Vec<(String, String)>,
    complete: bool,
}

impl Recorded {
    fn replay(base: &[u8], tail: &[impl AsRef<[u8]>], known: &Known) -> Result<Self, TextError> {
        let base = Some(base).filter(|base| !base.is_empty());
        let replica = Replica::replay(0, base.into_iter().chain(tail.iter().map(AsRef::as_ref)))?;
        let read = |root: &str| Ok((root.to_owned(), replica.text(root)?));
        let texts = known.roots().map(read).collect::<Result<_, TextError>>()?;
        Ok(Self { texts, complete: replica.is_complete() })
    }

    fn compare(&self, update: &[u8]) -> Result<Option<Mismatch>, TextError> {
        let Ok(replica) = Replica::load(update, 0) else { return Ok(Some(Mismatch::Unreadable)) };
        for (root, text) in &self.texts {
            if replica.text(root)? != *text {
                return Ok(Some(Mismatch::Text));
            }
        }
        Ok((replica.is_complete() != self.complete).then_some(Mismatch::State))
    }
}
