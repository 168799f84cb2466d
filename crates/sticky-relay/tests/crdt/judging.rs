//! What is new, what is known, and what builds on something missing.

use sticky_relay::guard::{Limits, Refusal};
use sticky_relay::known::{Judgement, Known, Vector};
use sticky_relay::merge::news;

use crate::build::*;

fn known(updates: &[&[u8]]) -> Known {
    let mut known = Known::default();
    updates.iter().for_each(|update| known.absorb(update).unwrap());
    known
}

/// `(client, from, to)` of each stretch.
type New<'a> = &'a [(u64, u32, u32)];

fn fits(judgement: Judgement) -> Vec<(u64, u32, u32)> {
    match judgement {
        Judgement::Fits(new) => new.iter().map(|new| (new.client, new.from, new.to)).collect(),
        other => panic!("{other:?}"),
    }
}

/// "abc" of client 1, its "b" deleted, and "X" of client 2 after its "a".
fn base() -> Known {
    let abc = update(&[section(1, 0, &[first("abc")])], &[(1, &[(1, 1)])]);
    known(&[&abc, &blocks(2, 0, &[between((1, 0), (1, 1), "X")])])
}

#[test]
fn what_is_known_adds_nothing() {
    for update in [
        vec![0, 0],
        blocks(1, 0, &[first("abc")]),
        blocks(1, 1, &[after((1, 0), "b")]),
        update(&[], &[(1, &[(1, 1)])]),
        update(&[section(2, 0, &[gc(1)]), section(1, 0, &[gc(3)])], &[(1, &[(1, 1)])]),
        // Of a block that is here nobody asks what it refers to.
        blocks(1, 2, &[after((99, 5), "c")]),
    ] {
        assert_eq!(base().judge(&update), Ok(Judgement::Known), "{update:?}");
    }
}

#[test]
fn new_clocks_are_told_for_each_client() {
    let cases: Vec<(Vec<u8>, New<'_>)> = vec![
        (blocks(1, 3, &[after((1, 2), "d"), after((1, 3), "e")]), &[(1, 3, 5)]),
        (blocks(1, 1, &[after((1, 0), "bcde")]), &[(1, 3, 5)]),
        (blocks(1, 0, &[skip(2), after((1, 1), "cd")]), &[(1, 3, 4)]),
        (blocks(3, 0, &[first("new")]), &[(3, 0, 3)]),
        (
            update(&[section(4, 0, &[after((3, 1), "q")]), section(3, 0, &[first("pp")])], &[]),
            &[(4, 0, 1), (3, 0, 2)],
        ),
        (update(&[], &[(1, &[(0, 1)])]), &[]),
        (update(&[], &[(1, &[(1, 2)])]), &[]),
        (update(&[section(3, 0, &[first("pp")])], &[(3, &[(0, 2)])]), &[(3, 0, 2)]),
    ];
    for (update, new) in cases {
        assert_eq!(fits(base().judge(&update).unwrap()), new, "{update:?}");
    }
}

#[test]
fn what_overlaps_is_told() {
    let overlaps = |update: &[u8]| match base().judge(update) {
        Ok(Judgement::Fits(new)) => new.overlap(),
        other => panic!("{other:?}"),
    };
    assert!(overlaps(&blocks(1, 1, &[after((1, 0), "bcde")])));
    assert!(overlaps(&blocks(1, 0, &[first("abc"), after((1, 2), "d")])));
    assert!(overlaps(&blocks(1, 0, &[gc(110)])));
    assert!(!overlaps(&blocks(1, 3, &[after((1, 2), "d")])));
    assert!(!overlaps(&update(&[], &[(1, &[(2, 1)])])));
    assert!(overlaps(&update(&[], &[(1, &[(0, 2)])])));
    assert!(overlaps(&update(&[section(1, 3, &[after((1, 2), "d")])], &[(1, &[(1, 1)])])));
}

#[test]
fn only_what_is_new_is_left() {
    let d = || section(1, 3, &[after((1, 2), "d")]);
    let abcd = section(1, 0, &[first("abc"), after((1, 2), "d")]);
    let cases = [
        (update(&[abcd], &[(1, &[(1, 1)])]), update(&[d()], &[])),
        (update(&[d()], &[(1, &[(0, 3)])]), update(&[d()], &[(1, &[(0, 1), (2, 1)])])),
        (update(&[], &[(2, &[(0, 1)]), (1, &[(1, 1)])]), update(&[], &[(2, &[(0, 1)])])),
    ];
    for (sent, left) in cases {
        assert_eq!(news(&sent, &base()).unwrap(), left, "{sent:?}");
    }
}

#[test]
fn what_builds_on_something_missing_is_a_gap() {
    for update in [
        blocks(1, 4, &[after((1, 2), "e")]),
        blocks(3, 1, &[after((1, 2), "e")]),
        blocks(1, 0, &[first("abc"), skip(1), after((1, 2), "e")]),
        blocks(1, 3, &[after((2, 1), "d")]),
        blocks(1, 3, &[between((1, 2), (9, 0), "d")]),
        update(&[], &[(1, &[(3, 1)])]),
        update(&[], &[(1, &[(0, 4)])]),
        update(&[], &[(9, &[(0, 1)])]),
        update(&[section(3, 0, &[first("pp")])], &[(3, &[(0, 3)])]),
        update(&[section(4, 0, &[after((3, 2), "q")]), section(3, 0, &[first("pp")])], &[]),
    ] {
        assert_eq!(base().judge(&update), Ok(Judgement::Gap), "{update:?}");
    }
}

#[test]
fn clients_that_build_on_each_other_in_turn_fit() {
    let turns = |last: u64| {
        let four = [first("a"), after((4, 0), "b"), after((4, 1), "c")];
        let four = [four[0].clone(), after((3, 0), "b"), after((3, 1), "c")];
        let three = [after((4, 0), "x"), after((4, last), "y")];
        update(&[section(4, 0, &four), section(3, 0, &three)], &[])
    };
    assert_eq!(fits(base().judge(&turns(1)).unwrap()), [(4, 0, 3), (3, 0, 2)]);
    // Now 4's third waits for 3's second, and that for 4's third.
    assert_eq!(base().judge(&turns(2)), Ok(Judgement::Gap));
}

#[test]
fn a_long_chain_of_turns_neither_recurses_nor_stalls() {
    let turns = 50_000;
    let other = |client: u64, n: u64| after((7 - client, n), "a");
    let four: Vec<_> =
        (0..turns).map(|n| if n == 0 { first("a") } else { other(4, n - 1) }).collect();
    let three: Vec<_> = (0..turns).map(|n| other(3, n)).collect();
    let chain = update(&[section(4, 0, &four), section(3, 0, &three)], &[]);
    assert_eq!(fits(Known::default().judge(&chain).unwrap()).len(), 2);
}

#[test]
fn absorbing_is_idempotent_and_stops_at_a_gap() {
    let mut twice = base();
    twice.absorb(&update(&[section(1, 0, &[first("abc")])], &[(1, &[(1, 1)])])).unwrap();
    assert_eq!(twice, base());
    twice.absorb(&blocks(1, 9, &[gc(1)])).unwrap();
    twice.absorb(&blocks(5, 9, &[gc(1)])).unwrap();
    assert_eq!(twice.vector(), base().vector());
}

#[test]
fn deletes_are_kept_merged() {
    let mut known = known(&[&blocks(1, 0, &[gc(20)])]);
    for range in [(5, 2), (10, 2), (0, 1), (7, 3), (18, 2), (4, 1)] {
        known.absorb(&update(&[], &[(1, &[range])])).unwrap();
    }
    let ranges: Vec<_> = known.deletes().iter().collect();
    assert_eq!(ranges, [(1, 0, 1), (1, 4, 12), (1, 18, 20)]);
    assert!(known.deletes().contains(1, 5, 12) && !known.deletes().contains(1, 3, 5));
    assert!(!known.deletes().contains(2, 5, 6));
}

#[test]
fn vectors_read_back() {
    let vector = base().vector().clone();
    assert_eq!(base().encode_vector(), [2, 2, 1, 1, 3]);
    assert_eq!(Vector::decode(&base().encode_vector(), &Limits::default()), Ok(vector.clone()));
    assert_eq!((vector.get(1), vector.get(2), vector.get(3), vector.len()), (3, 1, 0, 2));
    let twice = Vector::decode(&[3, 1, 1, 2, 0, 1, 3], &Limits::default()).unwrap();
    assert_eq!(twice.iter().collect::<Vec<_>>(), [(1, 3)]);
    assert!(vector.contains(&twice) && !twice.contains(&vector));
}

#[test]
fn a_document_has_no_more_roots_than_an_update_and_always_room_for_its_text() {
    let text = |n: u64, name: &str| blocks(n, 0, &[[vec![4], named(name), string("a")].concat()]);
    let root = |n: u64| text(n, &n.to_string());
    let mut known = Known::default();
    for n in 0..15 {
        assert!(matches!(known.judge(&root(n)), Ok(Judgement::Fits(_))));
        known.absorb(&root(n)).unwrap();
    }
    assert_eq!(known.judge(&root(15)), Err(Refusal::UnsupportedContent));
    assert_eq!(known.judge(&root(3)), Ok(Judgement::Known));
    assert!(matches!(known.judge(&text(15, "content")), Ok(Judgement::Fits(_))));
    known.absorb(&text(15, "content")).unwrap();
    assert_eq!(known.judge(&root(16)), Err(Refusal::UnsupportedContent));
    assert_eq!(known.roots().count(), 16);
}
