use super::block::read_len;
use super::update::read_count;
use super::{Limits, MAX_CLOCK, Refusal};
use crate::varint::Reader;

/// Fewest bytes of an entry: client and clock.
const MIN_ENTRY: usize = 2;

/// Checks a Yjs v1 state vector and calls `each(client, next clock)` for its entries, in its order;
/// a client named twice is seen twice.
///
/// # Errors
/// [`Refusal::VectorTooLarge`] or [`Refusal::Malformed`].
pub fn check_state_vector(
    bytes: &[u8],
    limits: &Limits,
    mut each: impl FnMut(u64, u32),
) -> Result<(), Refusal> {
    if bytes.len() > limits.vector {
        return Err(Refusal::VectorTooLarge);
    }
    let mut reader = Reader::new(bytes);
    let count = read_count(&mut reader, MIN_ENTRY)?;
    if count > limits.vector_ids as u64 {
        return Err(Refusal::VectorTooLarge);
    }
    for _ in 0..count {
        let (client, clock) = (reader.uint()?, read_len(&mut reader)?);
        if clock > MAX_CLOCK {
            return Err(Refusal::Malformed);
        }
        each(client, clock);
    }
    if reader.is_empty() { Ok(()) } else { Err(Refusal::Malformed) }
}
