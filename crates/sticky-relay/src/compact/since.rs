use crate::guard::{Content, Limits, Refusal, Section, Sections};
use crate::known::{Known, Vector};
use crate::varint::{Reader, put_uint};

use super::split;
use super::undeleted::undeleted;
use super::writer::Writer;

/// What of `update` comes after `vector`, and all of its deletes.
///
/// yrs has this too, but loses a clock where the vector goes through a surrogate pair.
pub(crate) fn since(update: &[u8], vector: &Vector) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(update);
    let mut out = blocks_since(&mut reader, vector)?;
    out.extend_from_slice(reader.rest());
    Ok(out)
}

/// What of `update` is not known, be it blocks or deletes.
pub(crate) fn news(update: &[u8], known: &Known) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(update);
    let mut out = blocks_since(&mut reader, known.vector())?;
    undeleted(&mut reader, known.deletes(), &mut out)?;
    Ok(out)
}

fn blocks_since(reader: &mut Reader<'_>, vector: &Vector) -> Result<Vec<u8>, Refusal> {
    let mut sections = Sections::read(reader)?;
    let (mut count, mut blocks) = (0, Vec::new());
    while let Some(section) = sections.next(reader)? {
        let writer = section_since(section, reader, vector.get(section.client))?;
        count += u64::from(!writer.is_empty());
        writer.finish(&mut blocks);
    }
    let mut out = Vec::with_capacity(blocks.len() + reader.rest().len() + 9);
    put_uint(&mut out, count);
    out.extend(blocks);
    Ok(out)
}

fn section_since<'a>(
    mut section: Section,
    reader: &mut Reader<'a>,
    from: u32,
) -> Result<Writer<'a>, Refusal> {
    let mut writer = Writer::new(section.client);
    while let Some(block) = section.next(reader, &Limits::STORED)? {
        let leading_hole = writer.is_empty() && block.content == Content::Skip;
        if block.end() > from && !leading_hole {
            split::rest(section.client, block, from, |item| writer.push(item));
        }
    }
    Ok(writer)
}
