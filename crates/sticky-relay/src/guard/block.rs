use super::{Limits, MAX_CLOCK, Refusal, json};
use crate::varint::{Malformed, Reader};

const KIND: u8 = 0b0001_1111;
const HAS_KEY: u8 = 0b0010_0000;
const HAS_RIGHT_ORIGIN: u8 = 0b0100_0000;
const HAS_ORIGIN: u8 = 0b1000_0000;

/// Fewest bytes of a block: its kind and its length.
pub(super) const MIN_BLOCK: usize = 2;

/// The name of one UTF-16 code unit (or format, or embed): who wrote it, and as their how-manieth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id {
    pub(crate) client: u64,
    pub(crate) clock: u32,
}

impl Id {
    #[inline]
    fn read(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        Ok(Self { client: reader.uint()?, clock: read_clock(reader)? })
    }
}

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// A hole: something of this client that the update does not bring.
    Skip,
    /// Deleted, with nothing left to say where it stood.
    Gc,
    Deleted,
    Text(&'a str),
    Embed(&'a str),
    Format {
        key: &'a str,
        value: &'a str,
    },
}

/// Consecutive clocks of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block<'a> {
    pub(crate) clock: u32,
    pub(crate) len: u32,
    pub(crate) origin: Option<Id>,
    pub(crate) right_origin: Option<Id>,
    /// The name of the root it stands in; only blocks without neighbours say it.
    pub(crate) root: Option<&'a str>,
    pub(crate) content: Content<'a>,
}

impl<'a> Block<'a> {
    /// Reads the block of `client` that begins at `clock`.
    #[inline]
    pub(crate) fn read(
        reader: &mut Reader<'a>,
        limits: &Limits,
        client: u64,
        clock: u32,
    ) -> Result<Self, Refusal> {
        let info = reader.byte()?;
        let block = match info {
            0 => Self::bare(clock, read_len(reader)?, Content::Gc),
            10 => Self::bare(clock, read_len(reader)?, Content::Skip),
            _ => Self::read_item(reader, limits, clock, info)?,
        };
        block.check(client)?;
        Ok(block)
    }

    fn bare(clock: u32, len: u32, content: Content<'a>) -> Self {
        Self { clock, len, origin: None, right_origin: None, root: None, content }
    }

    #[inline]
    fn read_item(
        reader: &mut Reader<'a>,
        limits: &Limits,
        clock: u32,
        info: u8,
    ) -> Result<Self, Refusal> {
        // The entry of a map, whether or not its key is repeated here.
        if info & HAS_KEY != 0 {
            return Err(Refusal::UnsupportedContent);
        }
        let origin = if info & HAS_ORIGIN == 0 { None } else { Some(Id::read(reader)?) };
        let right_origin =
            if info & HAS_RIGHT_ORIGIN == 0 { None } else { Some(Id::read(reader)?) };
        let root = match (origin, right_origin) {
            (None, None) => Some(read_root(reader)?),
            _ => None,
        };
        let (content, len) = read_content(reader, limits, info & KIND)?;
        Ok(Self { clock, len, origin, right_origin, root, content })
    }

    fn check(&self, client: u64) -> Result<(), Refusal> {
        let end = self.clock.checked_add(self.len).filter(|end| *end <= MAX_CLOCK);
        let ahead =
            |id: Option<Id>| id.is_some_and(|id| id.client == client && id.clock >= self.clock);
        // A neighbour was there before: a block beside its own future could never be placed.
        if self.len == 0 || end.is_none() || ahead(self.origin) || ahead(self.right_origin) {
            return Err(Refusal::Malformed);
        }
        Ok(())
    }

    pub(crate) fn end(&self) -> u32 {
        self.clock + self.len
    }

    pub(crate) fn neighbours(&self) -> impl Iterator<Item = Id> + use<> {
        self.origin.into_iter().chain(self.right_origin)
    }
}

/// The name of the root that the item stands in.
fn read_root<'a>(reader: &mut Reader<'a>) -> Result<&'a str, Refusal> {
    match reader.uint()? {
        1 => Ok(reader.string()?),
        // Inside another item. Deep chains of those overflow the stack of yrs.
        0 => Err(Refusal::UnsupportedContent),
        _ => Err(Refusal::Malformed),
    }
}

#[inline]
fn read_content<'a>(
    reader: &mut Reader<'a>,
    limits: &Limits,
    kind: u8,
) -> Result<(Content<'a>, u32), Refusal> {
    match kind {
        4 => read_text(reader),
        1 => Ok((Content::Deleted, read_len(reader)?)),
        5 => Ok((Content::Embed(read_json(reader, limits)?), 1)),
        6 => Ok((read_format(reader, limits)?, 1)),
        // JSON, binary, nested type, any, sub-document, move, weak link.
        2 | 3 | 7 | 8 | 9 | 11.. => Err(Refusal::UnsupportedContent),
        0 | 10 => Err(Refusal::Malformed),
    }
}

#[inline]
fn read_text<'a>(reader: &mut Reader<'a>) -> Result<(Content<'a>, u32), Refusal> {
    let text = reader.string()?;
    let len = u32::try_from(utf16_len(text)).map_err(|_| Refusal::Malformed)?;
    Ok((Content::Text(text), len))
}

fn read_format<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Content<'a>, Refusal> {
    let key = reader.string()?;
    if key.len() > limits.embed {
        return Err(Refusal::UnsupportedContent);
    }
    Ok(Content::Format { key, value: read_json(reader, limits)? })
}

fn read_json<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<&'a str, Refusal> {
    let value = reader.string()?;
    if value.len() > limits.embed {
        return Err(Refusal::UnsupportedContent);
    }
    json::check(value, limits.json_depth)?;
    Ok(value)
}

/// A clock that can be a block's: below [`MAX_CLOCK`].
#[inline]
pub(super) fn read_clock(reader: &mut Reader<'_>) -> Result<u32, Refusal> {
    Ok(read_len(reader).ok().filter(|clock| *clock < MAX_CLOCK).ok_or(Malformed)?)
}

#[inline]
pub(super) fn read_len(reader: &mut Reader<'_>) -> Result<u32, Refusal> {
    u32::try_from(reader.uint()?).map_err(|_| Refusal::Malformed)
}

/// The length that Yjs gives a text: its UTF-16 code units.
#[inline]
pub(crate) fn utf16_len(text: &str) -> usize {
    let starts = |byte: u8| usize::from(byte & 0b1100_0000 != 0b1000_0000);
    text.bytes().map(|byte| starts(byte) + usize::from(byte >= 0xf0)).sum()
}
