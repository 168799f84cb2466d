//! Notes that were written elsewhere.

use bytes::Bytes;
use sticky_domain::port::{Unfit, Vetting as _};
use sticky_relay::Vetter;

use crate::build::{after, blocks, first, item, string};

fn vet(document_bytes: usize, updates: impl IntoIterator<Item = Vec<u8>>) -> Result<(), Unfit> {
    let mut vet = Vetter { document_bytes }.begin();
    for update in updates {
        vet.take(Bytes::from(update))?;
    }
    vet.finish()
}

fn code(document_bytes: usize, updates: Vec<Vec<u8>>) -> Option<&'static str> {
    vet(document_bytes, updates).err().map(|unfit| unfit.code)
}

/// `count` updates of `length` letters each, one behind the other.
fn typed(count: u64, length: u64) -> Vec<Vec<u8>> {
    let text = "x".repeat(usize::try_from(length).unwrap());
    let one = |nth: u64| match nth {
        0 => blocks(1, 0, &[first(&text)]),
        _ => blocks(1, nth * length, &[after((1, nth * length - 1), &text)]),
    };
    (0..count).map(one).collect()
}

#[test]
fn what_a_session_could_have_sent_is_taken() {
    assert_eq!(vet(4 << 20, typed(300, 9_000)), Ok(()));
    assert_eq!(vet(4 << 20, []), Ok(()));
}

#[test]
fn what_no_session_could_have_sent_is_refused_with_its_code() {
    let map = blocks(1, 0, &[item(7, None, None, &[1])]);
    let table = [
        (vec![vec![1]], "malformed"),
        (vec![blocks(1, 0, &[first("a")]), vec![0xff; 40]], "malformed"),
        (vec![map], "unsupported_content"),
        (vec![blocks(1, 0, &[item(5, None, None, &string("{"))])], "malformed"),
        (typed(1, (1 << 20) + 1), "update_too_large"),
    ];
    for (updates, expected) in table {
        assert_eq!(code(4 << 20, updates), Some(expected));
    }
}

#[test]
fn a_note_has_a_size_even_in_small_pieces() {
    assert_eq!(code(1 << 20, typed(300, 9_000)), Some("doc_full"));
    assert_eq!(code(10_000, typed(12, 1_000)), Some("doc_full"), "only at the end");
}
