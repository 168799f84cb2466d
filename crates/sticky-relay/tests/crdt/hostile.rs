//! Bytes that kill, bloat, stall or poison a yrs or Yjs replica, and what the guard says to each.

use sticky_relay::guard::Refusal::{self, Malformed, UnsupportedContent};
use sticky_relay::guard::{Limits, MAX_CLOCK, check_awareness, check_state_vector, check_update};

use crate::build::*;

fn refusal(bytes: &[u8]) -> Option<Refusal> {
    check_update(bytes, &Limits::default(), &mut ()).err()
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// An item of a kind of content that is not text, alone in an update.
fn other(kind: u8, content: &[u8]) -> Vec<u8> {
    blocks(1, 0, &[item(kind, None, None, content)])
}

fn embed(json: &str) -> Vec<u8> {
    other(5, &string(json))
}

fn format(key: &str, json: &str) -> Vec<u8> {
    other(6, &[string(key), string(json)].concat())
}

/// A block as of no kind that `item` builds: `info`, then `rest`.
fn raw(info: u8, rest: &[u8]) -> Vec<u8> {
    blocks(1, 0, &[[vec![info], rest.to_vec()].concat()])
}

fn roots(names: impl Iterator<Item = String>) -> Vec<u8> {
    let texts: Vec<_> = names.map(|name| [vec![4], named(&name), string("a")].concat()).collect();
    blocks(1, 0, &texts)
}

fn delete(ranges: &[(u64, u64)]) -> Vec<u8> {
    update(&[], &[(1, ranges)])
}

#[test]
fn hostile_updates_are_refused() {
    let any_nested = [uints(&[1]), [117u8, 1].repeat(6_223), vec![126]].concat();
    let cases: Vec<(&str, Vec<u8>, Refusal)> = vec![
        ("nothing", vec![], Malformed),
        ("no deletes", vec![0], Malformed),
        ("a client count of 2^28: half a gigabyte", vec![255, 255, 255, 127], Malformed),
        ("a client count of 2^32: 830 ms", vec![255, 255, 255, 255, 15], Malformed),
        ("a client count of 2^26: 132 MB", uints(&[1 << 26, 0]), Malformed),
        ("a block count of 2^26", uints(&[1, 1 << 26, 1, 0]), Malformed),
        ("a delete count of 2^26", uints(&[0, 1 << 26]), Malformed),
        ("a range count of 2^26", uints(&[0, 1, 1, 1 << 26]), Malformed),
        (
            "arrays nested 6,223 deep: overflows the stack",
            other(8, &any_nested),
            UnsupportedContent,
        ),
        ("a section with no blocks: update.rs:85", vec![1, 0, 1, 0, 0], Malformed),
        ("the poison: nobody new can open the note", hex("010199000100000101010201"), Malformed),
        ("the poison, spelled shortest", hex("0101190100000101010201"), Malformed),
        (
            "collected clocks up to 2^32 of someone else",
            blocks(7, 11, &[gc((1 << 32) - 12)]),
            Malformed,
        ),
        ("clocks that wrap 32 bits", blocks(1, (1 << 32) - 1, &[first("aa")]), Malformed),
        ("clocks that end beyond 2^30", blocks(1, u64::from(MAX_CLOCK) - 1, &[gc(2)]), Malformed),
        ("a clock of 2^30", blocks(1, u64::from(MAX_CLOCK), &[gc(1)]), Malformed),
        ("a hole up to 2^32", blocks(1, 0, &[skip((1 << 32) - 1), gc(1)]), Malformed),
        ("deletes of 0..2^32", delete(&[(0, (1 << 32) - 1)]), Malformed),
        ("deletes from 2^30", delete(&[(u64::from(MAX_CLOCK), 1)]), Malformed),
        ("deletes of nothing", delete(&[(0, 0)]), Malformed),
        ("deletes of no ranges", delete(&[]), Malformed),
        ("deletes that overlap", delete(&[(0, 3), (2, 3)]), Malformed),
        ("deletes that fall", delete(&[(5, 1), (0, 1)]), Malformed),
        ("deletes of a client twice", update(&[], &[(1, &[(0, 1)]), (1, &[(2, 1)])]), Malformed),
        (
            "deletes of a client twice, not in a row",
            update(&[], &[(1, &[(0, 1)]), (2, &[(0, 1)]), (1, &[(2, 1)])]),
            Malformed,
        ),
        ("a client id of 2^53: masked to 0", blocks(1 << 53, 0, &[gc(1)]), Malformed),
        ("a neighbour of client 2^53", blocks(1, 0, &[after((1 << 53, 0), "a")]), Malformed),
        ("deletes of client 2^53", update(&[], &[(1 << 53, &[(0, 1)])]), Malformed),
        (
            "a varint of 11 bytes",
            vec![255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
            Malformed,
        ),
        ("a varint longer than needed", vec![0x80, 0, 0], Malformed),
        ("bytes after the end", vec![0, 0, 0], Malformed),
        ("a section twice", twice(&[1, 1]), Malformed),
        ("a section twice, not in a row", twice(&[1, 2, 1]), Malformed),
        ("collected: nothing", raw(0, &[0]), Malformed),
        ("a hole of nothing", raw(10, &[0]), Malformed),
        ("deleted: nothing", other(1, &[0]), Malformed),
        ("no text", blocks(1, 0, &[first("")]), Malformed),
        ("text that is not UTF-8", other(4, &buffer(&[0xff])), Malformed),
        ("half a surrogate pair in UTF-8", other(4, &buffer(&[0xed, 0xa0, 0x80])), Malformed),
        ("text longer than the update", other(4, &uints(&[1 << 40])), Malformed),
        ("collected, with flags", raw(0x80, &[1, 0, 1]), Malformed),
        ("a hole, with flags", raw(0x8a, &[1, 0, 1]), Malformed),
        ("after itself", blocks(1, 4, &[after((1, 4), "a")]), Malformed),
        ("after its own future", blocks(1, 4, &[after((1, 9), "a")]), Malformed),
        ("before its own future", blocks(1, 4, &[between((2, 0), (1, 5), "a")]), Malformed),
        ("a neighbour at clock 2^30", blocks(1, 0, &[after((2, 1 << 30), "a")]), Malformed),
        ("a parent of no kind", raw(4, &[2, 1, b'a', 1, b'a']), Malformed),
        ("inside another item", raw(4, &[0, 2, 0, 1, b'a']), UnsupportedContent),
        (
            "the entry of a map",
            raw(0x24, &[&named(ROOT)[..], &string("k"), &string("v")].concat()),
            UnsupportedContent,
        ),
        ("the next entry of a map", raw(0xa4, &[2, 0, 1, b'a']), UnsupportedContent),
        ("json, which grows when read", other(2, &[1, 1, b'1']), UnsupportedContent),
        ("binary", other(3, &buffer(&[1, 2])), UnsupportedContent),
        ("a nested type", other(7, &[1]), UnsupportedContent),
        ("any", other(8, &[1, 126]), UnsupportedContent),
        (
            "a sub-document, which leaks",
            other(9, &[string("id"), vec![118, 0]].concat()),
            UnsupportedContent,
        ),
        ("a move", other(11, &[0, 1, 0]), UnsupportedContent),
        ("a kind of the future", other(31, &[1]), UnsupportedContent),
        ("17 roots", roots((0..17).map(|n| n.to_string())), UnsupportedContent),
        ("a root name of 65 bytes", roots(std::iter::once("n".repeat(65))), UnsupportedContent),
        ("an embed of 5 KiB", embed(&format!("\"{}\"", "a".repeat(5 << 10))), UnsupportedContent),
        ("a format name of 5 KiB", format(&"a".repeat(5 << 10), "1"), UnsupportedContent),
        (
            "a format of 5 KiB",
            format("b", &format!("\"{}\"", "a".repeat(5 << 10))),
            UnsupportedContent,
        ),
        ("an embed nested 33 deep", embed(&("[".repeat(33) + &"]".repeat(33))), Malformed),
        (
            "objects nested 33 deep",
            embed(&("{\"a\":".repeat(33) + "1" + &"}".repeat(33))),
            Malformed,
        ),
        ("an embed that does not end", embed("{\"a\":[1"), Malformed),
        ("an embed that is no JSON", embed("undefined"), Malformed),
        ("an embed of nothing", embed(""), Malformed),
        ("two values", embed("1 2"), Malformed),
        ("a comma too many", embed("[1,]"), Malformed),
        ("the wrong bracket", embed("[1}"), Malformed),
        ("a value for a key", embed("{1:1}"), Malformed),
        ("a number beyond f64", embed("1e999"), Malformed),
        ("a number that yrs has no place for", embed("9223372036854775808"), Malformed),
        ("a leading zero", embed("01"), Malformed),
        ("half a pair, escaped", embed(r#""\ud800""#), Malformed),
        ("the second half of a pair, escaped", embed(r#""\udc00""#), Malformed),
        ("two first halves, escaped", embed(r#""\ud800\ud800""#), Malformed),
        ("a section with no blocks, and deletes", vec![1, 0, 1, 0, 1, 1, 1, 0, 1], Malformed),
        (
            "no ranges, and more deletes",
            update(&[], &[(2, &[]), (1, &[(0, 1), (5, 1)])]),
            Malformed,
        ),
        ("a control character", embed("\"\u{1}\""), Malformed),
        ("formats of no JSON", format("b", "yes"), Malformed),
        ("a bare count of blocks", vec![1, 200, 1, 0, 0], Malformed),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(refusal(&bytes), Some(expected), "{name}: {bytes:?}");
    }
}

fn twice(clients: &[u64]) -> Vec<u8> {
    let sections: Vec<_> = clients.iter().map(|client| section(*client, 0, &[gc(1)])).collect();
    update(&sections, &[])
}

#[test]
fn every_truncation_of_an_update_is_malformed() {
    let whole = update(
        &[section(300, 0, &[first("ab"), skip(3), item(5, Some((300, 1)), None, &string("{}"))])],
        &[(300, &[(0, 1), (3, 1)])],
    );
    assert_eq!(refusal(&whole), None);
    for len in 0..whole.len() {
        assert_eq!(refusal(&whole[..len]), Some(Malformed), "{len} bytes");
    }
}

#[test]
fn unusual_but_honest_updates_pass() {
    let most = u64::from(MAX_CLOCK);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", vec![0, 0]),
        ("client 0, which Yjs may draw", blocks(0, 0, &[first("a")])),
        ("the greatest client", blocks((1 << 53) - 1, 0, &[first("a")])),
        ("the last clock", blocks(1, most - 1, &[gc(1)])),
        ("deletes up to the last clock", delete(&[(0, most)])),
        ("deletes that touch", delete(&[(0, 3), (3, 3)])),
        ("clients in no order", twice(&[5, 9, 2, 7])),
        ("a hole first", blocks(1, 0, &[skip(5), gc(1)])),
        ("16 roots, the longest name, twice", roots((0..32).map(|n| format!("{:>64}", n % 16)))),
        ("a root with no name", roots(std::iter::once(String::new()))),
        ("an embed nested 32 deep", embed(&("[".repeat(32) + &"]".repeat(32)))),
        (
            "an embed with everything",
            embed(r#" { "a" : [ -1.5e-3 , "\ud83d\ude00\n", {} , [] ] , "b":null } "#),
        ),
        (
            "bold on and off",
            blocks(
                1,
                0,
                &[
                    item(6, None, None, &[string("bold"), string("true")].concat()),
                    after((1, 0), "😀"),
                    item(6, Some((1, 2)), None, &[string("bold"), string("null")].concat()),
                ],
            ),
        ),
    ];
    for (name, bytes) in cases {
        assert_eq!(refusal(&bytes), None, "{name}: {bytes:?}");
    }
}

#[test]
fn an_update_over_the_cap_is_too_large() {
    let limit = Limits::default().update;
    let padded = |len: usize| blocks(1, 0, &[first(&"a".repeat(len))]);
    let frame = padded(limit).len() - limit;
    assert_eq!(refusal(&padded(limit - frame)), None);
    assert_eq!(refusal(&padded(limit - frame + 1)), Some(Refusal::UpdateTooLarge));
    assert_eq!(check_update(&padded(limit * 2), &Limits::STORED, &mut ()), Ok(()));
}

fn vector(entries: &[(u64, u64)]) -> Vec<u8> {
    let flat: Vec<_> = entries.iter().flat_map(|(client, clock)| [*client, *clock]).collect();
    [uints(&[entries.len() as u64]), uints(&flat)].concat()
}

#[test]
fn hostile_vectors_are_refused() {
    let check = |bytes: &[u8]| check_state_vector(bytes, &Limits::default(), |_, _| {}).err();
    let many: Vec<_> = (0..32_769).map(|client| (client, 1)).collect();
    assert_eq!(check(&vector(&[])), None);
    assert_eq!(check(&vector(&[(0, 0), ((1 << 53) - 1, 1 << 30)])), None);
    assert_eq!(check(&vector(&many[1..])), None);
    assert_eq!(check(&vector(&many)), Some(Refusal::VectorTooLarge));
    assert_eq!(check(&[0; (256 << 10) + 1]), Some(Refusal::VectorTooLarge));
    for bytes in [
        &[][..],
        &[255, 255, 255, 127],
        &[255, 255, 255, 255, 15],
        &[1, 1],
        &[0, 0],
        &vector(&[(1 << 53, 0)]),
        &vector(&[(1, (1 << 30) + 1)]),
    ] {
        assert_eq!(check(bytes), Some(Malformed), "{bytes:?}");
    }
}

fn awareness(entries: &[(u64, u64, &str)]) -> Vec<u8> {
    let mut out = uints(&[entries.len() as u64]);
    for (client, clock, state) in entries {
        out.extend([uints(&[*client, *clock]), string(state)].concat());
    }
    out
}

#[test]
fn hostile_awareness_is_refused() {
    let check = |bytes: &[u8]| check_awareness(bytes, &Limits::default(), |_, _, _| {}).err();
    assert_eq!(check(&awareness(&[])), None);
    assert_eq!(check(&awareness(&[(7, 3, r#"{"cursor":{"anchor":null}}"#), (8, 1, "null")])), None);
    assert_eq!(check(&[0; (4 << 10) + 1]), Some(Refusal::AwarenessTooLarge));
    for bytes in [
        &[][..],
        &[255, 255, 255, 127],
        &uints(&[1 << 24]),
        &[0, 0],
        &awareness(&[(1, u64::from(u32::MAX), "null")]),
        &awareness(&[(1, 1, "")]),
        &awareness(&[(1, 1, "{")]),
        &awareness(&[(1, 1, &"[".repeat(2_000))]),
        &awareness(&[(1 << 53, 1, "null")]),
    ] {
        assert_eq!(check(bytes), Some(Malformed), "{bytes:?}");
    }
}

#[test]
fn codes_are_stable() {
    let codes = [
        Malformed,
        UnsupportedContent,
        Refusal::UpdateTooLarge,
        Refusal::VectorTooLarge,
        Refusal::AwarenessTooLarge,
    ]
    .map(Refusal::code);
    let expected = [
        "malformed",
        "unsupported_content",
        "update_too_large",
        "vector_too_large",
        "awareness_too_large",
    ];
    assert_eq!(codes, expected);
}
