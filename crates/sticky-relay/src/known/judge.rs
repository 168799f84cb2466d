use super::{Known, causal};
use crate::guard::{Limits, MAX_ROOTS, Refusal, Visit, check_update};
use crate::text::ROOT;

/// What an update would add to what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing: all of its blocks and deletes are here.
    Known,
    /// Something, and all that it builds on is here or comes with it. The new clocks of each client;
    /// none if only deletes are new.
    Fits(Stretches),
    /// It builds on something that is neither here nor in it.
    Gap,
}

/// New consecutive clocks of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub client: u64,
    pub from: u32,
    /// The first clock after the stretch.
    pub to: u32,
}

/// At most one stretch for each client. A keystroke has one, which needs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretches {
    first: Option<Stretch>,
    more: Vec<Stretch>,
    overlap: bool,
}

impl Stretches {
    pub fn iter(&self) -> impl Iterator<Item = Stretch> + '_ {
        self.first.iter().chain(&self.more).copied()
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Whether the update also brings clocks or deletes that are known. To be recorded is then only its
    /// [`news`](crate::merge::news): whoever says something else under a known clock must not be asked again by
    /// a merge.
    pub fn overlap(&self) -> bool {
        self.overlap
    }

    fn push(&mut self, stretch: Stretch) {
        match self.first {
            None => self.first = Some(stretch),
            Some(_) => self.more.push(stretch),
        }
    }

    fn last_mut(&mut self) -> Option<&mut Stretch> {
        self.more.last_mut().or(self.first.as_mut())
    }
}

pub(super) fn judge(known: &Known, update: &[u8]) -> Result<Judgement, Refusal> {
    let mut judge = Judge::new(known);
    check_update(update, &Limits::STORED, &mut judge)?;
    if !judge.roots.is_empty() && judge.other_roots() >= MAX_ROOTS {
        return Err(Refusal::UnsupportedContent);
    }
    if judge.gap || (judge.entangled && !causal::can_be_placed(known, update)?) {
        return Ok(Judgement::Gap);
    }
    Ok(match judge.new.is_empty() && !judge.deletes {
        true => Judgement::Known,
        false => Judgement::Fits(judge.new),
    })
}

struct Judge<'a> {
    known: &'a Known,
    /// The client whose blocks are being seen, and its next clock after them.
    client: u64,
    next: u32,
    new: Stretches,
    /// The block being seen brings something new.
    fresh: bool,
    /// All of the block being seen is new.
    starts: bool,
    /// A new block refers to something that is not known, nor an earlier part of its own section.
    entangled: bool,
    deletes: bool,
    gap: bool,
    /// Roots that are not known.
    roots: Vec<Box<str>>,
    /// The ends of `new` by client, once deletes are seen and there is no block any more.
    ends: Vec<(u64, u32)>,
}

impl<'a> Judge<'a> {
    fn new(known: &'a Known) -> Self {
        Self {
            known,
            client: u64::MAX,
            next: 0,
            new: Stretches::default(),
            fresh: false,
            starts: false,
            entangled: false,
            deletes: false,
            gap: false,
            roots: Vec::new(),
            ends: Vec::new(),
        }
    }

    fn turn_to(&mut self, client: u64) {
        if self.client != client {
            self.client = client;
            self.next = self.known.vector.get(client);
        }
    }

    fn grow(&mut self, to: u32) {
        let (client, from) = (self.client, self.next);
        match self.new.last_mut().filter(|last| last.client == client) {
            Some(last) => last.to = to,
            None => self.new.push(Stretch { client, from, to }),
        }
        self.next = to;
    }

    /// How many roots there would be beside the text's own, which nobody may crowd out: one place is its.
    fn other_roots(&self) -> usize {
        self.known.roots.iter().chain(&self.roots).filter(|root| root.as_ref() != ROOT).count()
    }

    /// The next clock of `client` with the update's blocks, once all of them were seen.
    fn next_of(&mut self, client: u64) -> u32 {
        if self.ends.is_empty() {
            self.ends.extend(self.new.iter().map(|stretch| (stretch.client, stretch.to)));
            self.ends.sort_unstable();
        }
        let place = self.ends.binary_search_by_key(&client, |end| end.0);
        place.map_or_else(|_| self.known.vector.get(client), |place| self.ends[place].1)
    }
}

impl Visit for Judge<'_> {
    #[inline]
    fn block(&mut self, client: u64, clock: u32, len: u32) {
        self.turn_to(client);
        self.gap |= clock > self.next;
        self.starts = clock >= self.next;
        self.fresh = clock + len > self.next;
        self.new.overlap |= !self.starts;
        if self.fresh {
            self.grow(clock + len);
        }
    }

    #[inline]
    fn refer(&mut self, client: u64, clock: u32) {
        if self.fresh && !(client == self.client && clock < self.next) {
            self.entangled |= clock >= self.known.vector.get(client);
        }
    }

    fn root(&mut self, name: &str) {
        if self.starts
            && self.known.place_of_root(name).is_err()
            && !self.roots.iter().any(|root| **root == *name)
        {
            self.roots.push(name.into());
        }
    }

    #[inline]
    fn delete(&mut self, client: u64, clock: u32, len: u32) {
        let to = clock + len;
        if self.known.deletes.contains(client, clock, to) {
            self.new.overlap = true;
            return;
        }
        self.deletes = true;
        self.new.overlap |= self.known.deletes.within(client, clock, to).next().is_some();
        self.gap |= to > self.next_of(client);
    }
}
