use std::collections::BTreeMap;

use crate::guard::{Limits, Refusal, Visit, check_state_vector, check_update};
use crate::varint::put_uint;

/// A state vector: the next clock of every client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vector {
    /// A tree, so that no order in which clients come costs more than another.
    clocks: BTreeMap<u64, u32>,
}

impl Vector {
    /// Reads a Yjs v1 state vector. Of a client named twice the higher clock counts.
    ///
    /// # Errors
    /// What the guard says of the bytes.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let mut clocks = BTreeMap::new();
        check_state_vector(bytes, limits, |client, clock| {
            let known = clocks.entry(client).or_insert(0);
            *known = clock.max(*known);
        })?;
        clocks.retain(|_, clock| *clock > 0);
        Ok(Self { clocks })
    }

    /// As Yjs v1 bytes, higher clients first as Yjs writes them.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(2 + self.clocks.len() * 8);
        put_uint(&mut out, self.clocks.len() as u64);
        for (&client, &clock) in self.clocks.iter().rev() {
            put_uint(&mut out, client);
            put_uint(&mut out, u64::from(clock));
        }
        out
    }

    /// The next clock of `client`; 0 for a stranger.
    #[inline]
    pub fn get(&self, client: u64) -> u32 {
        self.clocks.get(&client).copied().unwrap_or(0)
    }

    /// Whether nothing of `other` is missing here.
    pub fn contains(&self, other: &Self) -> bool {
        other.iter().all(|(client, clock)| clock <= self.get(client))
    }

    /// Clients and their next clocks, lower clients first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.clocks.iter().map(|(client, clock)| (*client, *clock))
    }

    pub fn len(&self) -> usize {
        self.clocks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.clocks.is_empty()
    }

    /// Counts the blocks of a recorded update; false when some begin beyond a gap and are left out.
    ///
    /// # Errors
    /// What the guard says of the bytes, whatever their size.
    pub(crate) fn absorb(&mut self, update: &[u8]) -> Result<bool, Refusal> {
        let mut count = Count { vector: self, whole: true };
        check_update(update, &Limits::STORED, &mut count)?;
        Ok(count.whole)
    }

    /// Counts the clocks `from..to` of `client`, unless some before them are missing: then it answers false.
    #[inline]
    pub(crate) fn extend(&mut self, client: u64, from: u32, to: u32) -> bool {
        match self.clocks.get_mut(&client) {
            Some(clock) if from <= *clock => *clock = to.max(*clock),
            None if from == 0 => {
                self.clocks.insert(client, to);
            }
            _ => return false,
        }
        true
    }
}

struct Count<'a> {
    vector: &'a mut Vector,
    whole: bool,
}

impl Visit for Count<'_> {
    #[inline]
    fn block(&mut self, client: u64, clock: u32, len: u32) {
        self.whole &= self.vector.extend(client, clock, clock + len);
    }
}
