//! Makes a merged update small: what was typed key by key becomes runs of text again, and deleted text
//! is forgotten, only its place is kept. No document is built.

mod compaction;
mod item;
mod since;
mod split;
mod undeleted;
mod verify;
mod writer;

pub use compaction::Compaction;
pub(crate) use since::{news, since};
pub use verify::{CompactError, Compacted, Mismatch, compact_verified};

use crate::guard::{Limits, Refusal, Section, Sections};
use crate::known::{Deletes, Known};
use crate::varint::{Reader, put_uint};

use writer::Writer;

/// `merged` with neighbouring items joined and the content of deleted ones dropped. Holes stay holes;
/// state vector and deletes stay what they are.
///
/// # Errors
/// What the guard says of the bytes, whatever their size.
pub fn compact(merged: &[u8]) -> Result<Vec<u8>, Refusal> {
    let known = Known::from_update(merged)?;
    let mut reader = Reader::new(merged);
    let mut sections = Sections::read(&mut reader)?;
    let mut out = Vec::with_capacity(merged.len() / 4);
    put_uint(&mut out, sections.left());
    while let Some(section) = sections.next(&mut reader)? {
        compact_section(section, &mut reader, known.deletes(), &mut out)?;
    }
    out.extend_from_slice(reader.rest());
    Ok(out)
}

fn compact_section(
    mut section: Section,
    reader: &mut Reader<'_>,
    deletes: &Deletes,
    out: &mut Vec<u8>,
) -> Result<(), Refusal> {
    let client = section.client;
    let mut writer = Writer::new(client);
    while let Some(block) = section.next(reader, &Limits::STORED)? {
        split::pieces(client, block, deletes, |piece| writer.push(piece));
    }
    writer.finish(out);
    Ok(())
}
