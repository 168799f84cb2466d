use crate::splitmix::SplitMix;

/// Who does what, in order.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) replicas: usize,
    pub(super) acts: Vec<Act>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Of(usize, Deed),
    Restart { gracefully: bool },
}

/// What a replica does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Edit,
    /// Sends what it has not sent.
    Send,
    /// Sends what it has not sent, the last two the wrong way round.
    SendDisordered,
    /// Sends once more what it sent last.
    Repeat,
    /// Takes what has come.
    TakeIn,
    /// Loses its connection and all that was not sent.
    Lose,
    Connect,
}

/// Deeds and how often each comes up in a hundred.
const DEEDS: [(Deed, u64); 7] = [
    (Deed::Edit, 48),
    (Deed::Send, 18),
    (Deed::SendDisordered, 4),
    (Deed::Repeat, 5),
    (Deed::TakeIn, 13),
    (Deed::Lose, 4),
    (Deed::Connect, 8),
];
const LENGTH: u64 = 120;
/// Of a hundred plans so many restart the server, every other one by kill -9.
const RESTARTS: u64 = 12;

impl Plan {
    pub(super) fn draw(random: &mut SplitMix) -> Self {
        let replicas = 5 + random.below(4) as usize;
        let everybody = (0..replicas).map(|index| Act::Of(index, Deed::Connect));
        let mut acts: Vec<Act> = everybody.collect();
        let length = LENGTH / 2 + random.below(LENGTH);
        acts.extend(
            (0..length)
                .map(|_| Act::Of(random.below(replicas as u64) as usize, deed(random.below(100)))),
        );
        if random.chance(RESTARTS) {
            let place = replicas + random.below(length) as usize;
            acts.insert(place, Act::Restart { gracefully: random.chance(50) });
        }
        Self { replicas, acts }
    }
}

fn deed(mut number: u64) -> Deed {
    for (deed, weight) in DEEDS {
        match number.checked_sub(weight) {
            None => return deed,
            Some(rest) => number = rest,
        }
    }
    Deed::TakeIn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_comes_up_and_the_weights_are_whole() {
        assert_eq!(DEEDS.iter().map(|(_, weight)| weight).sum::<u64>(), 100);
        for (wanted, _) in DEEDS {
            assert!((0..100).any(|number| deed(number) == wanted), "{wanted:?}");
        }
    }

    #[test]
    fn a_seed_is_a_plan() {
        let plan = |seed| format!("{:?}", Plan::draw(&mut SplitMix::new(seed)));
        assert_eq!(plan(1), plan(1));
        assert_ne!(plan(1), plan(2));
    }
}
