//! What happens to a client's bytes once the guard has let them in. Shared with the fuzz target: it
//! must not panic on anything.

use sticky_relay::compact::{CompactError, compact, compact_verified};
use sticky_relay::guard::{Limits, check_awareness, check_state_vector, check_update};
use sticky_relay::known::{Judgement, Known, Vector};
use sticky_relay::merge::{diff, merge_onto, news};
use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Transact, Update};

/// A note that the bytes may build on: "hello 😀" of client 1 with the "e" deleted, "!" of client 2.
const NOTE: &[u8] = &[
    2, 1, 2, 0, 132, 1, 7, 1, b'!', 1, 1, 0, 4, 1, 7, b'c', b'o', b'n', b't', b'e', b'n', b't', 10,
    b'h', b'e', b'l', b'l', b'o', b' ', 0xf0, 0x9f, 0x98, 0x80, 1, 1, 1, 1, 1,
];

pub(crate) fn exercise(bytes: &[u8]) {
    let limits = Limits::default();
    let _ = check_awareness(bytes, &limits, |_, _, _| {});
    if check_state_vector(bytes, &limits, |_, _| {}).is_ok() {
        let vector = Vector::decode(bytes, &limits).expect("it has passed the guard");
        diff(NOTE, &vector.encode()).expect("a vector that passes the guard can be read");
    }
    if check_update(bytes, &limits, &mut ()).is_ok() {
        merge_and_compact(bytes);
        for base in [&[0, 0], NOTE] {
            record(base, bytes);
        }
    }
}

/// Bytes that are only merged, as a client's that are not judged yet.
fn merge_and_compact(bytes: &[u8]) {
    let merged = merge_onto(NOTE, &[bytes]).expect("what passes the guard can be merged");
    if check_update(&merged, &Limits::STORED, &mut ()).is_ok() {
        let compacted = compact(&merged).expect("what passes the guard can be compacted");
        let known = Known::from_update(&merged);
        assert_eq!(Known::from_update(&compacted), known, "compaction changes no state");
    }
}

/// What a room does with an update that fits, and all that is later done with what it recorded.
fn record(base: &[u8], update: &[u8]) {
    let mut known = Known::from_update(base).expect("the base is ours");
    let Ok(Judgement::Fits(new)) = known.judge(update) else { return };
    let mut whole = known.clone();
    whole.absorb(update).expect("it was judged");
    let rest = new.overlap().then(|| news(update, &known).expect("it was judged"));
    let update = rest.as_deref().unwrap_or(update);
    let Ok(Judgement::Fits(new)) = known.judge(update) else { panic!("what is left of it fits") };
    assert!(!new.overlap(), "what is left of it is new");
    known.absorb(update).expect("it was judged");
    assert_eq!(known, whole, "what is left of it is all that is new");
    assert_eq!(known.judge(update), Ok(Judgement::Known), "what was recorded is known");
    let stored = match compact_verified(base, &[update]) {
        Err(CompactError::Diverged) => return,
        compacted => compacted.expect("what was recorded can be a base").bytes,
    };
    assert_eq!(Known::from_update(&stored), Ok(known.clone()), "a base holds all");
    diff(&stored, &known.encode_vector()).expect("a base can be compared");
    let merged = merge_onto(base, &[update]).expect("what was recorded can be merged");
    for state in [&merged, &stored] {
        reload(&reload(state));
    }
}

/// Reads a state into a document and gives it back as the document tells it.
fn reload(state: &[u8]) -> Vec<u8> {
    let options = Options { offset_kind: OffsetKind::Utf16, ..Options::default() };
    let doc = Doc::with_options(options);
    let text = doc.get_or_insert_text("content");
    let update = Update::decode_v1(state).expect("yrs reads what passes the guard");
    doc.transact_mut().apply_update(update).expect("yrs applies what passes the guard");
    let transaction = doc.transact();
    let _ = text.get_string(&transaction);
    transaction.encode_state_as_update_v1(&StateVector::default())
}
