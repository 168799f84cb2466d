use super::block::{MIN_BLOCK, read_clock, read_len};
use super::order::{Order, distinct};
use super::roots::Roots;
use super::{Block, Content, Limits, MAX_CLOCK, Refusal};
use crate::varint::Reader;

/// Fewest bytes of one client's section of blocks: count, client, clock, one block.
const MIN_SECTION: usize = 3 + MIN_BLOCK;
/// Fewest bytes of one client's section of deletes: client, count, one range.
const MIN_DELETES: usize = 2 + MIN_RANGE;
const MIN_RANGE: usize = 2;

/// Sees what an update is made of, in its order, while it is being checked: an update that turns out
/// to be refused has been partly seen.
pub trait Visit {
    /// `len` clocks of `client` beginning at `clock`. What it refers to follows.
    fn block(&mut self, client: u64, clock: u32, len: u32) {
        let _ = (client, clock, len);
    }

    /// A hole: clocks of `client` that the update leaves out although it brings later ones.
    fn skip(&mut self, client: u64, clock: u32, len: u32) {
        let _ = (client, clock, len);
    }

    /// The block just seen cannot be placed without this clock.
    fn refer(&mut self, client: u64, clock: u32) {
        let _ = (client, clock);
    }

    /// The block just seen names the root that it stands in.
    fn root(&mut self, name: &str) {
        let _ = name;
    }

    /// `len` clocks of `client` beginning at `clock` are deleted. Comes after all blocks.
    fn delete(&mut self, client: u64, clock: u32, len: u32) {
        let _ = (client, clock, len);
    }
}

impl Visit for () {}

/// Checks a Yjs v1 update.
///
/// # Errors
/// [`Refusal::UpdateTooLarge`], [`Refusal::UnsupportedContent`] or [`Refusal::Malformed`].
pub fn check_update(bytes: &[u8], limits: &Limits, visit: &mut impl Visit) -> Result<(), Refusal> {
    if bytes.len() > limits.update {
        return Err(Refusal::UpdateTooLarge);
    }
    let mut reader = Reader::new(bytes);
    check_blocks(&mut reader, limits, visit)?;
    read_deletes(&mut reader, |client, clock, len| visit.delete(client, clock, len))?;
    if reader.is_empty() { Ok(()) } else { Err(Refusal::Malformed) }
}

fn check_blocks(
    reader: &mut Reader<'_>,
    limits: &Limits,
    visit: &mut impl Visit,
) -> Result<(), Refusal> {
    let start = *reader;
    let (mut roots, mut order) = (Roots::default(), Order::default());
    let mut sections = Sections::read(reader)?;
    while let Some(mut section) = sections.next(reader)? {
        order.add(section.client)?;
        while let Some(block) = section.next(reader, limits)? {
            block.root.map_or(Ok(()), |root| roots.add(root))?;
            show(&block, section.client, visit);
        }
    }
    if order.is_mixed() { distinct(block_clients(start, limits)) } else { Ok(()) }
}

#[inline]
fn show(block: &Block<'_>, client: u64, visit: &mut impl Visit) {
    if block.content == Content::Skip {
        return visit.skip(client, block.clock, block.len);
    }
    visit.block(client, block.clock, block.len);
    for id in block.neighbours() {
        visit.refer(id.client, id.clock);
    }
    if let Some(root) = block.root {
        visit.root(root);
    }
}

/// The clients of the blocks, for bytes that were read once already.
fn block_clients<'a>(mut reader: Reader<'a>, limits: &'a Limits) -> impl Iterator<Item = u64> + 'a {
    let mut sections = Sections::read(&mut reader).ok();
    std::iter::from_fn(move || {
        let mut section = sections.as_mut()?.next(&mut reader).ok()??;
        while section.next(&mut reader, limits).ok()?.is_some() {}
        Some(section.client)
    })
}

/// The sections of an update, one for each client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sections {
    left: u64,
}

impl Sections {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        Ok(Self { left: read_count(reader, MIN_SECTION)? })
    }

    /// How many sections are yet to be read.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn next(&mut self, reader: &mut Reader<'_>) -> Result<Option<Section>, Refusal> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let left = read_count(reader, MIN_BLOCK)?;
        if left == 0 {
            return Err(Refusal::Malformed);
        }
        Ok(Some(Section { client: reader.uint()?, clock: read_clock(reader)?, left }))
    }
}

/// Consecutive blocks of one client, each read when asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    pub(crate) client: u64,
    /// Where the next block begins.
    pub(crate) clock: u32,
    left: u64,
}

impl Section {
    #[inline]
    pub(crate) fn next<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        limits: &Limits,
    ) -> Result<Option<Block<'a>>, Refusal> {
        if self.left == 0 {
            return Ok(None);
        }
        let block = Block::read(reader, limits, self.client, self.clock)?;
        self.left -= 1;
        self.clock = block.end();
        Ok(Some(block))
    }
}

/// Reads the deletes that end an update, each client's ranges rising and apart.
pub(crate) fn read_deletes(
    reader: &mut Reader<'_>,
    mut each: impl FnMut(u64, u32, u32),
) -> Result<(), Refusal> {
    let start = *reader;
    let mut order = Order::default();
    for _ in 0..read_count(reader, MIN_DELETES)? {
        order.add(read_ranges(reader, &mut each)?)?;
    }
    if order.is_mixed() { distinct(delete_clients(start)) } else { Ok(()) }
}

/// Reads one client's deleted ranges and says whose they are.
fn read_ranges(
    reader: &mut Reader<'_>,
    each: &mut impl FnMut(u64, u32, u32),
) -> Result<u64, Refusal> {
    let client = reader.uint()?;
    let count = read_count(reader, MIN_RANGE)?;
    let mut free = 0;
    for _ in 0..count {
        let (clock, len) = (read_clock(reader)?, read_len(reader)?);
        let end = clock.checked_add(len).filter(|end| *end <= MAX_CLOCK);
        free = end.filter(|_| len > 0 && clock >= free).ok_or(Refusal::Malformed)?;
        each(client, clock, len);
    }
    if count == 0 { Err(Refusal::Malformed) } else { Ok(client) }
}

/// The clients of the deletes, for bytes that were read once already.
fn delete_clients(mut reader: Reader<'_>) -> impl Iterator<Item = u64> {
    let count = read_count(&mut reader, MIN_DELETES).unwrap_or(0);
    (0..count).map_while(move |_| read_ranges(&mut reader, &mut |_, _, _| {}).ok())
}

/// A number of things of at least `size` bytes each. More than can follow would only serve to make
/// someone allocate.
#[inline]
pub(super) fn read_count(reader: &mut Reader<'_>, size: usize) -> Result<u64, Refusal> {
    let count = reader.uint()?;
    if count > (reader.rest().len() / size) as u64 {
        return Err(Refusal::Malformed);
    }
    Ok(count)
}
