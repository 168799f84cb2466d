use crate::guard::{Limits, Refusal, Visit, check_state_vector, check_update};
use crate::varint::put_uint;

/// A state vector: the next clock of every client, sorted by client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vector {
    clocks: Vec<(u64, u32)>,
}

impl Vector {
    /// Reads a Yjs v1 state vector. Of a client named twice the higher clock counts.
    ///
    /// # Errors
    /// What the guard says of the bytes.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let mut clocks = Vec::new();
        check_state_vector(bytes, limits, |client, clock| clocks.push((client, clock)))?;
        clocks.sort_unstable_by_key(|&(client, clock)| (client, u32::MAX - clock));
        clocks.dedup_by_key(|entry| entry.0);
        clocks.retain(|&(_, clock)| clock > 0);
        Ok(Self { clocks })
    }

    /// As Yjs v1 bytes, higher clients first as Yjs writes them.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(2 + self.clocks.len() * 8);
        put_uint(&mut out, self.clocks.len() as u64);
        for &(client, clock) in self.clocks.iter().rev() {
            put_uint(&mut out, client);
            put_uint(&mut out, u64::from(clock));
        }
        out
    }

    /// The next clock of `client`; 0 for a stranger.
    #[inline]
    pub fn get(&self, client: u64) -> u32 {
        self.place(client).map_or(0, |place| self.clocks[place].1)
    }

    /// Whether nothing of `other` is missing here.
    pub fn contains(&self, other: &Self) -> bool {
        other.iter().all(|(client, clock)| clock <= self.get(client))
    }

    /// Clients and their next clocks, lower clients first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.clocks.iter().copied()
    }

    pub fn len(&self) -> usize {
        self.clocks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.clocks.is_empty()
    }

    /// Counts the blocks of a recorded update.
    ///
    /// # Errors
    /// What the guard says of the bytes, whatever their size.
    pub(crate) fn absorb(&mut self, update: &[u8]) -> Result<(), Refusal> {
        check_update(update, &Limits::STORED, self)
    }

    /// Counts the clocks `from..to` of `client`, unless some before them are missing.
    #[inline]
    pub(crate) fn extend(&mut self, client: u64, from: u32, to: u32) {
        match self.place(client) {
            Ok(place) if from <= self.clocks[place].1 => {
                self.clocks[place].1 = self.clocks[place].1.max(to);
            }
            Err(place) if from == 0 => self.clocks.insert(place, (client, to)),
            _ => {}
        }
    }

    #[inline]
    fn place(&self, client: u64) -> Result<usize, usize> {
        self.clocks.binary_search_by_key(&client, |entry| entry.0)
    }
}

impl Visit for Vector {
    #[inline]
    fn block(&mut self, client: u64, clock: u32, len: u32) {
        self.extend(client, clock, clock + len);
    }
}
