use sticky_domain::op_key::OpKey;
use sticky_domain::port::{Append, AppendError, Appended, Expected};
use sticky_domain::time::Timestamp;

use crate::row::Columns;

/// Where and when a fact is recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) position: u64,
    pub(crate) now: Timestamp,
}

/// The key of the n-th fact, from 1. The first one's is the append's own.
pub(crate) fn nth_op(op: OpKey, nth: u64) -> OpKey {
    OpKey((u128::from_be_bytes(op.0) ^ u128::from(nth - 1)).to_be_bytes())
}

pub(crate) fn check_expected(expected: Expected, head: u64) -> Result<(), AppendError> {
    match expected {
        Expected::Seq(seq) if seq != head => Err(AppendError::Conflict),
        Expected::Seq(_) | Expected::Any => Ok(()),
    }
}

/// What the same append answered before, if there was one. `known` is what is recorded under the key of each fact.
pub(crate) fn repeated(
    append: &Append,
    known: &[Option<impl Columns>],
) -> Result<Option<Appended>, AppendError> {
    if known.first().is_none_or(Option::is_none) {
        return Ok(None);
    }
    let mut last = None;
    for (fact, row) in append.facts.iter().zip(known) {
        match row {
            Some(row) if row.bytes("payload")? == fact.encode() => last = Some(row),
            Some(_) | None => return Err(AppendError::OpConflict),
        }
    }
    let Some(row) = last else {
        return Ok(None);
    };
    Ok(Some(Appended {
        seq: row.number("seq")?,
        position: row.number("position")?,
        recorded_at: row.time("recorded_at")?,
    }))
}
