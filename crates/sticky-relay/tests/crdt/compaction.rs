//! What compaction makes of particular updates.

use sticky_relay::compact::{CompactError, Mismatch, compact, compact_verified};
use sticky_relay::merge::{diff, merge};
use sticky_relay::text::{ROOT, read_update};

use crate::build::*;

fn typed(text: &str) -> Vec<Vec<u8>> {
    let key = |(n, key): (usize, char)| {
        let text = key.to_string();
        let block = if n == 0 { first(&text) } else { after((1, n as u64 - 1), &text) };
        blocks(1, n as u64, &[block])
    };
    text.chars().enumerate().map(key).collect()
}

#[test]
fn what_was_typed_key_by_key_is_one_item() {
    let merged = merge(&typed("hello world")).unwrap();
    assert_eq!(compact(&merged).unwrap(), blocks(1, 0, &[first("hello world")]));
}

#[test]
fn deleted_text_leaves_its_place_only() {
    let secret = update(&[section(1, 0, &[first("a secret!")])], &[(1, &[(2, 6)])]);
    let compacted = compact(&secret).unwrap();
    let deleted = item(1, Some((1, 1)), None, &[6]);
    let kept = section(1, 0, &[first("a "), deleted, after((1, 7), "!")]);
    assert_eq!(compacted, update(&[kept], &[(1, &[(2, 6)])]));
    assert!(!compacted.windows(6).any(|bytes| bytes == b"secret"));
}

#[test]
fn deleted_neighbours_are_one() {
    let typed = merge(&typed("abcd")).unwrap();
    let deleted = merge(&[typed, update(&[], &[(1, &[(0, 4)])])]).unwrap();
    let all = section(1, 0, &[item(1, None, None, &[4])]);
    assert_eq!(compact(&deleted).unwrap(), update(&[all], &[(1, &[(0, 4)])]));
}

#[test]
fn only_what_stands_together_is_joined() {
    let apart = [
        // After the same neighbour, not after each other.
        blocks(1, 0, &[first("a"), after((2, 0), "b"), after((2, 0), "c")]),
        // Before something else.
        blocks(1, 0, &[first("a"), between((1, 0), (2, 0), "b")]),
        // In another root.
        blocks(1, 0, &[first("a"), [vec![4], named("other"), string("b")].concat()]),
        // Alive after deleted.
        blocks(1, 0, &[item(1, None, None, &[1]), after((1, 0), "b")]),
        // Formats stand alone.
        blocks(
            1,
            0,
            &[first("a"), item(6, Some((1, 0)), None, &[string("b"), string("1")].concat())],
        ),
        blocks(1, 0, &[gc(1), skip(4), gc(1)]),
    ];
    for update in apart {
        assert_eq!(compact(&update).unwrap(), update);
    }
    assert_eq!(compact(&blocks(1, 0, &[gc(1), gc(2)])).unwrap(), blocks(1, 0, &[gc(3)]));
}

#[test]
fn a_cut_surrogate_pair_shows_as_yjs_shows_it() {
    let cut = |from| update(&[section(1, 0, &[first("a😀b")])], &[(1, &[(from, 1)])]);
    let deleted = |after: u64| item(1, Some((1, after)), None, &[1]);
    let first_half = section(1, 0, &[first("a"), deleted(0), after((1, 1), "\u{fffd}b")]);
    assert_eq!(compact(&cut(1)).unwrap(), update(&[first_half], &[(1, &[(1, 1)])]));
    let second_half = section(1, 0, &[first("a\u{fffd}"), deleted(1), after((1, 2), "b")]);
    assert_eq!(compact(&cut(2)).unwrap(), update(&[second_half], &[(1, &[(2, 1)])]));
}

#[test]
fn a_difference_through_a_surrogate_pair_keeps_its_clocks() {
    let whole = blocks(1, 0, &[first("a😀b")]);
    for (clock, rest) in [(0, None), (1, Some("😀b")), (2, Some("\u{fffd}b")), (3, Some("b"))] {
        let expected =
            rest.map_or(whole.clone(), |rest| blocks(1, clock, &[after((1, clock - 1), rest)]));
        assert_eq!(diff(&whole, &uints(&[1, 1, clock])).unwrap(), expected);
    }
    assert_eq!(diff(&whole, &uints(&[1, 1, 4])).unwrap(), [0, 0]);
}

#[test]
fn a_difference_begins_with_no_hole_and_keeps_all_deletes() {
    let holey = section(1, 0, &[gc(2), skip(3), gc(1), skip(1), gc(1)]);
    let other = section(2, 0, &[first("b")]);
    let deletes: Deletes<'_> = &[(2, &[(0, 1)]), (1, &[(0, 2)])];
    let rest = section(1, 5, &[gc(1), skip(1), gc(1)]);
    let vector = uints(&[2, 1, 3, 2, 1]);
    let expected = update(&[rest], deletes);
    assert_eq!(diff(&update(&[other, holey], deletes), &vector).unwrap(), expected);
}

#[test]
fn formats_and_embeds_stay_until_they_are_deleted() {
    let embed = item(5, Some((1, 0)), None, &string("{\"image\":1}"));
    let bold = item(6, Some((1, 1)), None, &[string("bold"), string("true")].concat());
    let rich = section(1, 0, &[first("a"), embed, bold, after((1, 2), "b")]);
    let alive = update(std::slice::from_ref(&rich), &[]);
    assert_eq!(compact(&alive).unwrap(), alive);
    let gone = item(1, Some((1, 0)), None, &[2]);
    let plain = section(1, 0, &[first("a"), gone, after((1, 2), "b")]);
    let deletes: Deletes<'_> = &[(1, &[(1, 2)])];
    assert_eq!(compact(&update(&[rich], deletes)).unwrap(), update(&[plain], deletes));
}

#[test]
fn where_compacting_does_not_pay_the_merged_form_is_kept() {
    let ranges: Vec<_> = (0..500).map(|n| (n * 2, 1)).collect();
    let holed = update(&[section(1, 0, &[first(&"ab".repeat(500))])], &[(1, &ranges)]);
    let compacted = compact_verified(&holed, &[] as &[Vec<u8>]).unwrap();
    assert_eq!(compacted.kept_merged, Some(Mismatch::Larger));
    assert_eq!(compacted.bytes, holed);
    assert_eq!(read_update(&compacted.bytes, ROOT).unwrap(), "b".repeat(500));
}

#[test]
fn a_long_history_typed_key_by_key_is_read_at_once() {
    let keys = 100_000;
    let typed: Vec<_> =
        (0..keys).map(|n| if n == 0 { first("a") } else { after((1, n - 1), "a") }).collect();
    let history = blocks(1, 0, &typed);
    let start = std::time::Instant::now();
    assert_eq!(read_update(&history, ROOT).unwrap().len() as u64, keys);
    let compacted = compact_verified(&[], &[history]).unwrap();
    assert_eq!(compacted.bytes, blocks(1, 0, &[first(&"a".repeat(keys as usize))]));
    assert!(start.elapsed().as_secs() < 5, "yrs alone needs minutes in a debug build");
}

#[test]
fn what_the_guard_refuses_is_not_compacted() {
    let bad = [1, 1, 1, 0, 0, 0, 0];
    assert!(matches!(compact_verified(&bad, &[] as &[Vec<u8>]), Err(CompactError::Refused(_))));
    let tail = [blocks(1, 0, &[first("a")]), bad.to_vec()];
    assert!(compact_verified(&[], &tail).is_err());
}

#[test]
fn nothing_compacts_to_nothing() {
    let compacted = compact_verified(&[], &[] as &[Vec<u8>]).unwrap();
    assert_eq!((compacted.bytes, compacted.kept_merged), (vec![0, 0], None));
}
