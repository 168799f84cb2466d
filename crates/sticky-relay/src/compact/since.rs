use super::split;
use super::writer::Writer;
use crate::guard::{Content, Limits, Refusal, Section, Sections};
use crate::known::Vector;
use crate::varint::{Reader, put_uint};

/// What of `update` comes after `vector`, and all of its deletes.
///
/// yrs has this too, but loses a clock where the vector goes through a surrogate pair.
pub(crate) fn since(update: &[u8], vector: &Vector) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader::new(update);
    let mut sections = Sections::read(&mut reader)?;
    let (mut count, mut blocks) = (0, Vec::new());
    while let Some(section) = sections.next(&mut reader)? {
        let writer = section_since(section, &mut reader, vector.get(section.client))?;
        count += u64::from(!writer.is_empty());
        writer.finish(&mut blocks);
    }
    let mut out = Vec::with_capacity(blocks.len() + reader.rest().len() + 9);
    put_uint(&mut out, count);
    out.extend(blocks);
    out.extend_from_slice(reader.rest());
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
