use sticky_domain::port::{Begun, StoreError};

use super::Columns;

/// What a row of `remembered_answer` tells whoever asks this.
pub(crate) fn begun(row: &impl Columns, request: &[u8; 32]) -> Result<Begun, StoreError> {
    if row.bytes("request")? != request[..] {
        return Ok(Begun::Other);
    }
    let answer = row.bytes_or_none("answer")?;
    Ok(answer.map_or(Begun::UnderWay, |answer| Begun::Answered(answer.into())))
}
