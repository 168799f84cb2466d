use std::collections::BTreeMap;

use crate::guard::{Refusal, read_deletes};
use crate::known::Deletes;
use crate::varint::{Reader, put_uint};

/// Of the deletes that `reader` is at, appends to `out` those that are not among `known`: whoever reconnects with a
/// single new letter sends all that was ever deleted in the note along with it.
pub(super) fn undeleted(
    reader: &mut Reader<'_>,
    known: &Deletes,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let mut new: BTreeMap<u64, Vec<(u32, u32)>> = BTreeMap::new();
    read_deletes(reader, |client, clock, len| {
        let ranges = outside(known, client, clock, clock + len);
        let mut ranges = ranges.peekable();
        if ranges.peek().is_some() {
            new.entry(client).or_default().extend(ranges);
        }
    })?;
    put_uint(out, new.len() as u64);
    for (client, ranges) in new {
        put_uint(out, client);
        put_uint(out, ranges.len() as u64);
        for (from, to) in ranges {
            put_uint(out, u64::from(from));
            put_uint(out, u64::from(to - from));
        }
    }
    Ok(())
}

/// The parts of the clocks `from..to` of `client` that are not deleted, rising.
fn outside(
    known: &Deletes,
    client: u64,
    from: u32,
    to: u32,
) -> impl Iterator<Item = (u32, u32)> + use<'_> {
    let end = std::iter::once((to, to));
    let mut free = from;
    known.within(client, from, to).chain(end).filter_map(move |(start, end)| {
        let part = (free, start);
        free = end;
        (part.0 < part.1).then_some(part)
    })
}
