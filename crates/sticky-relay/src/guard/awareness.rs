use super::update::read_count;
use super::{Limits, Refusal, json};
use crate::varint::Reader;

/// Fewest bytes of an entry: client, clock, length of the state, one digit.
const MIN_ENTRY: usize = 4;

/// Checks an awareness update of y-protocols and calls `each(client, clock, state)` for its entries;
/// a state is any JSON value, `null` for one who left.
///
/// # Errors
/// [`Refusal::AwarenessTooLarge`] or [`Refusal::Malformed`].
pub fn check_awareness(
    bytes: &[u8],
    limits: &Limits,
    mut each: impl FnMut(u64, u32, &str),
) -> Result<(), Refusal> {
    if bytes.len() > limits.awareness {
        return Err(Refusal::AwarenessTooLarge);
    }
    let mut reader = Reader::new(bytes);
    for _ in 0..read_count(&mut reader, MIN_ENTRY)? {
        let (client, clock) = (reader.uint()?, super::block::read_clock(&mut reader)?);
        let state = reader.string()?;
        json::check(state, limits.json_depth)?;
        each(client, clock, state);
    }
    if reader.is_empty() { Ok(()) } else { Err(Refusal::Malformed) }
}
