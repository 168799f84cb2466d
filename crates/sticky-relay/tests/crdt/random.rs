//! Merging, difference, judging and compaction against replicas that were fed in causal order.

use sticky_relay::compact::{compact, compact_verified};
use sticky_relay::guard::{Limits, check_update};
use sticky_relay::known::{Judgement, Known, Vector};
use sticky_relay::merge::{diff, merge, merge_onto};
use sticky_relay::text::{ROOT, read_text, read_update};

use crate::party::{Party, Random, party};

const SEEDS: u64 = 150;

fn each_party(check: impl Fn(&mut Random, Party)) {
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let party = party(&mut random, 40);
        eprintln!("seed {seed}");
        check(&mut random, party);
    }
}

#[test]
fn order_and_repetition_do_not_matter_to_a_merge() {
    each_party(|random, party| {
        let mut updates = party.log.clone();
        updates.extend(party.log.iter().filter(|_| random.below(4) == 0).cloned());
        random.shuffle(&mut updates);
        let merged = merge(&updates).unwrap();
        assert_eq!(check_update(&merged, &Limits::STORED, &mut ()), Ok(()));
        assert_eq!(read_update(&merged, ROOT).unwrap(), party.text);
        let known = Known::from_update(&merged).unwrap();
        assert_eq!(Ok(known.vector().clone()), Vector::decode(&party.vector, &Limits::default()));
        assert_eq!(Ok(known), Known::from_update(&party.state));
    });
}

#[test]
fn the_difference_is_all_that_a_peer_lacks() {
    each_party(|random, party| {
        let cut = random.below(party.log.len());
        let has = merge(&party.log[..cut]).unwrap();
        let vector = Known::from_update(&has).unwrap().encode_vector();
        let missing = diff(&merge(&party.log).unwrap(), &vector).unwrap();
        assert_eq!(check_update(&missing, &Limits::default(), &mut ()), Ok(()));
        assert_eq!(read_text(&has, &[missing], ROOT).unwrap(), party.text);
    });
}

#[test]
fn the_difference_is_that_of_yrs() {
    each_party(|random, party| {
        let merged = merge(&party.log).unwrap();
        let cut = merge(&party.log[..random.below(party.log.len())]).unwrap();
        let vector = Known::from_update(&cut).unwrap().encode_vector();
        for update in [&merged, &compact(&merged).unwrap()] {
            let theirs = yrs::diff_updates_v1(update, &vector).unwrap();
            let ours = diff(update, &vector).unwrap();
            assert_eq!(compact(&ours).unwrap(), compact(&theirs).unwrap());
        }
    });
}

#[test]
fn whatever_order_they_come_in_what_fits_adds_up() {
    each_party(|random, party| {
        let mut known = Known::default();
        let mut accepted = Vec::new();
        let mut waiting = party.log.clone();
        random.shuffle(&mut waiting);
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|update| match known.judge(update).unwrap() {
                Judgement::Gap => true,
                Judgement::Known => false,
                Judgement::Fits(_) => {
                    known.absorb(update).unwrap();
                    accepted.push(update.clone());
                    false
                }
            });
            assert!(waiting.len() < before, "nothing fits any more");
        }
        assert_eq!(Ok(known), Known::from_update(&party.state));
        assert_eq!(read_text(&[], &accepted, ROOT).unwrap(), party.text);
    });
}

#[test]
fn compacting_on_the_way_does_not_matter() {
    each_party(|random, party| {
        let mut base = Vec::new();
        let mut rest = &party.log[..];
        while !rest.is_empty() {
            let (tail, later) = rest.split_at(1 + random.below(rest.len()));
            let compacted = compact_verified(&base, tail).unwrap();
            assert_eq!(compacted.kept_merged, None);
            (base, rest) = (compacted.bytes, later);
        }
        assert_eq!(read_update(&base, ROOT).unwrap(), party.text);
        assert_eq!(Known::from_update(&base), Known::from_update(&party.state));
        // A peer that has any part of the log in any form takes the base for the rest.
        let cut = random.below(party.log.len());
        assert_eq!(read_text(&base, &party.log[cut..], ROOT).unwrap(), party.text);
    });
}

#[test]
fn holes_survive_compaction_and_can_be_filled() {
    each_party(|random, party| {
        let (kept, lost): (Vec<_>, Vec<_>) =
            party.log.iter().cloned().partition(|_| random.below(6) > 0);
        let holey = compact(&merge(&kept).unwrap()).unwrap();
        assert_eq!(check_update(&holey, &Limits::STORED, &mut ()), Ok(()));
        let filled = merge_onto(&holey, &lost).unwrap();
        assert_eq!(read_update(&filled, ROOT).unwrap(), party.text);
        assert_eq!(Known::from_update(&filled), Known::from_update(&party.state));
    });
}
