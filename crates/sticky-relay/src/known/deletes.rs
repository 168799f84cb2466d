/// Which clocks are deleted: for each client, sorted by client, sorted ranges that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletes {
    clients: Vec<(u64, Vec<Range>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: u32,
    to: u32,
}

impl Deletes {
    /// Whether all of the clocks `from..to` of `client` are deleted.
    #[inline]
    pub fn contains(&self, client: u64, from: u32, to: u32) -> bool {
        self.ranges(client).is_some_and(|ranges| {
            let next = ranges.partition_point(|range| range.to <= from);
            ranges.get(next).is_some_and(|range| range.from <= from && to <= range.to)
        })
    }

    /// The deleted parts of the clocks `from..to` of `client`, rising.
    pub(crate) fn within(
        &self,
        client: u64,
        from: u32,
        to: u32,
    ) -> impl Iterator<Item = (u32, u32)> + use<'_> {
        let ranges = self.ranges(client).unwrap_or_default();
        let first = ranges.partition_point(|range| range.to <= from);
        let met = ranges[first..].iter().take_while(move |range| range.from < to);
        met.map(move |range| (range.from.max(from), range.to.min(to)))
    }

    /// `(client, from, to)` of every range, lower clients first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32, u32)> + '_ {
        self.clients
            .iter()
            .flat_map(|(client, ranges)| ranges.iter().map(|range| (*client, range.from, range.to)))
    }

    pub fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    pub(super) fn insert(&mut self, client: u64, from: u32, to: u32) {
        match self.place(client) {
            Ok(place) => insert_range(&mut self.clients[place].1, Range { from, to }),
            Err(place) => self.clients.insert(place, (client, vec![Range { from, to }])),
        }
    }

    fn ranges(&self, client: u64) -> Option<&[Range]> {
        self.place(client).ok().map(|place| &self.clients[place].1[..])
    }

    fn place(&self, client: u64) -> Result<usize, usize> {
        self.clients.binary_search_by_key(&client, |entry| entry.0)
    }
}

/// Puts `new` among sorted ranges; those that it meets become one with it.
fn insert_range(ranges: &mut Vec<Range>, new: Range) {
    let first = ranges.partition_point(|range| range.to < new.from);
    let met = ranges[first..].partition_point(|range| range.from <= new.to);
    match met {
        0 => ranges.insert(first, new),
        _ => {
            let last = ranges[first + met - 1];
            let from = new.from.min(ranges[first].from);
            ranges[first] = Range { from, to: new.to.max(last.to) };
            ranges.drain(first + 1..first + met);
        }
    }
}
