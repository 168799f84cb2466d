//! Whether the blocks of an update can be placed one after the other.
//!
//! Asked only of an update whose clients build on each other, such as a whole document. Two blocks that
//! wait for each other would be kept for ever by every replica and placed by none.

use super::Known;
use crate::guard::{Block, Content, Id, Limits, Refusal, Section, Sections};
use crate::varint::Reader;

/// Whether every new block has what it refers to in `known` or can be placed after it in `update`,
/// which has no gaps.
pub(super) fn can_be_placed(known: &Known, update: &[u8]) -> Result<bool, Refusal> {
    let mut queues = Queues::read(known, update)?;
    for index in 0..queues.all.len() {
        if !queues.place(index)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The sections of an update, sorted by client, each read up to the first block not placed yet.
struct Queues<'a> {
    known: &'a Known,
    all: Vec<Queue<'a>>,
}

struct Queue<'a> {
    client: u64,
    reader: Reader<'a>,
    section: Section,
    head: Option<Block<'a>>,
    /// Something waits for it already.
    awaited: bool,
}

/// A queue to be placed until it has passed a clock.
struct Wait {
    queue: usize,
    past: u32,
}

enum Step {
    Done,
    Blocked(Id),
}

impl<'a> Queues<'a> {
    fn read(known: &'a Known, update: &'a [u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(update);
        let mut sections = Sections::read(&mut reader)?;
        let mut all = Vec::new();
        while let Some(mut section) = sections.next(&mut reader)? {
            all.push(Queue::new(section, reader)?);
            while section.next(&mut reader, &Limits::STORED)?.is_some() {}
        }
        all.sort_unstable_by_key(|queue| queue.client);
        Ok(Self { known, all })
    }

    /// Places all blocks of one queue, and of others as far as it needs them.
    fn place(&mut self, queue: usize) -> Result<bool, Refusal> {
        let mut waits = vec![Wait { queue, past: u32::MAX }];
        while let Some(&Wait { queue, past }) = waits.last() {
            match self.advance(queue, past)? {
                // It ends before the clock that something waits for.
                Step::Done if waits.len() > 1 && !self.all[queue].placed(past) => return Ok(false),
                Step::Done => {
                    self.all[queue].awaited = false;
                    waits.pop();
                }
                Step::Blocked(id) => {
                    self.all[queue].awaited = true;
                    match self.find(id.client).filter(|found| !self.all[*found].awaited) {
                        Some(found) => waits.push(Wait { queue: found, past: id.clock }),
                        None => return Ok(false),
                    }
                }
            }
        }
        Ok(true)
    }

    fn advance(&mut self, queue: usize, past: u32) -> Result<Step, Refusal> {
        while let Some(block) = self.all[queue].head.filter(|block| block.clock <= past) {
            let new = block.end() > self.known.vector.get(self.all[queue].client);
            match block.neighbours().find(|id| new && !self.is_placed(*id)) {
                Some(id) => return Ok(Step::Blocked(id)),
                None => self.all[queue].pop()?,
            }
        }
        Ok(Step::Done)
    }

    fn is_placed(&self, id: Id) -> bool {
        let placed = |found| Queue::placed(&self.all[found], id.clock);
        id.clock < self.known.vector.get(id.client) || self.find(id.client).is_some_and(placed)
    }

    fn find(&self, client: u64) -> Option<usize> {
        self.all.binary_search_by_key(&client, |queue| queue.client).ok()
    }
}

impl<'a> Queue<'a> {
    fn new(section: Section, reader: Reader<'a>) -> Result<Self, Refusal> {
        let mut queue =
            Self { client: section.client, reader, section, head: None, awaited: false };
        queue.pop()?;
        Ok(queue)
    }

    /// Goes on to the next block.
    fn pop(&mut self) -> Result<(), Refusal> {
        self.head = self.section.next(&mut self.reader, &Limits::STORED)?;
        while self.head.is_some_and(|head| head.content == Content::Skip) {
            self.head = self.section.next(&mut self.reader, &Limits::STORED)?;
        }
        Ok(())
    }

    fn placed(&self, clock: u32) -> bool {
        clock < self.head.map_or(self.section.clock, |head| head.clock)
    }
}
