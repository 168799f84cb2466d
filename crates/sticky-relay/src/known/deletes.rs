use std::collections::BTreeMap;

/// Which clocks are deleted: for each client, ranges that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletes {
    clients: BTreeMap<u64, Ranges>,
}

/// Ends by beginnings. A tree, so that no order in which ranges come costs more than another.
type Ranges = BTreeMap<u32, u32>;

impl Deletes {
    /// Whether all of the clocks `from..to` of `client` are deleted.
    #[inline]
    pub fn contains(&self, client: u64, from: u32, to: u32) -> bool {
        let before = self.clients.get(&client).and_then(|ranges| ranges.range(..=from).next_back());
        before.is_some_and(|(_, end)| to <= *end)
    }

    /// The deleted parts of the clocks `from..to` of `client`, rising.
    pub(crate) fn within(
        &self,
        client: u64,
        from: u32,
        to: u32,
    ) -> impl Iterator<Item = (u32, u32)> + use<'_> {
        let ranges = self.clients.get(&client).into_iter();
        ranges.flat_map(move |ranges| {
            let first = ranges.range(..=from).next_back().map_or(from, |(start, _)| *start);
            let met = ranges.range(first..to).filter(move |(_, end)| **end > from);
            met.map(move |(start, end)| ((*start).max(from), (*end).min(to)))
        })
    }

    /// `(client, from, to)` of every range, lower clients first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32, u32)> + '_ {
        self.clients
            .iter()
            .flat_map(|(client, ranges)| ranges.iter().map(|(from, to)| (*client, *from, *to)))
    }

    pub fn is_empty(&self) -> bool {
        self.clients.is_empty()
    }

    /// Adds a range; those that it meets become one with it.
    pub(super) fn insert(&mut self, client: u64, from: u32, to: u32) {
        let ranges = self.clients.entry(client).or_default();
        let (mut from, mut to) = (from, to);
        if let Some((&start, &end)) =
            ranges.range(..=from).next_back().filter(|(_, end)| **end >= from)
        {
            (from, to) = (start, to.max(end));
        }
        while let Some((&start, &end)) =
            ranges.range(from..).next().filter(|(start, _)| **start <= to)
        {
            ranges.remove(&start);
            to = to.max(end);
        }
        ranges.insert(from, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against a set of single clocks.
    #[test]
    fn ranges_are_what_a_set_of_clocks_is() {
        let mut dice: u64 = 7;
        let mut roll = |sides: u64| {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            u32::try_from((dice >> 33) % sides).unwrap()
        };
        for _ in 0..200 {
            let (mut deletes, mut clocks) = (Deletes::default(), std::collections::BTreeSet::new());
            for _ in 0..20 {
                let (from, len) = (roll(60), roll(8) + 1);
                deletes.insert(1, from, from + len);
                clocks.extend(from..from + len);
                let (from, to) = (roll(60), roll(70));
                let (from, to) = (from.min(to), from.max(to) + 1);
                assert_eq!(
                    deletes.contains(1, from, to),
                    (from..to).all(|clock| clocks.contains(&clock))
                );
                let within: Vec<u32> =
                    deletes.within(1, from, to).flat_map(|(from, to)| from..to).collect();
                assert_eq!(within, clocks.range(from..to).copied().collect::<Vec<_>>());
            }
            let ranges: Vec<_> = deletes.iter().collect();
            assert!(
                ranges.windows(2).all(|pair| pair[0].2 < pair[1].1),
                "ranges do not touch: {ranges:?}"
            );
        }
    }
}
