//! What the real Yjs writes, from a fixture: see fixtures/README.md.

use sticky_relay::compact::{compact, compact_verified};
use sticky_relay::guard::{Limits, check_state_vector, check_update};
use sticky_relay::known::{Judgement, Known};
use sticky_relay::merge::{diff, merge, merge_onto};
use sticky_relay::text::{ROOT, read_text, read_update};
use sticky_relay::varint::Reader;

/// One session: its updates in the order that the server got them, and how it ended in Yjs.
struct Session {
    log: Vec<Vec<u8>>,
    text: String,
    /// The collected state of all.
    state: Vec<u8>,
    vector: Vec<u8>,
    /// The vector after half of the log, and what came after it.
    half: Vec<u8>,
    rest: Vec<u8>,
    merged: Vec<u8>,
}

fn sessions() -> Vec<Session> {
    let mut reader = Reader::new(include_bytes!("fixtures/yjs.bin"));
    let count = reader.uint().unwrap();
    let sessions = (0..count).map(|_| Session::read(&mut reader)).collect();
    assert!(reader.is_empty());
    sessions
}

impl Session {
    fn read(reader: &mut Reader<'_>) -> Self {
        let count = reader.uint().unwrap();
        let log = (0..count).map(|_| reader.bytes().unwrap().to_vec()).collect();
        let text = reader.string().unwrap().to_owned();
        let mut next = || reader.bytes().unwrap().to_vec();
        let (state, vector, half, rest, merged) = (next(), next(), next(), next(), next());
        Self { log, text, state, vector, half, rest, merged }
    }
}

#[test]
fn the_guard_lets_all_of_it_in() {
    for session in sessions() {
        let updates = session.log.iter().chain([&session.state, &session.rest, &session.merged]);
        for update in updates {
            assert_eq!(check_update(update, &Limits::default(), &mut ()), Ok(()), "{update:?}");
        }
        for vector in [&session.vector, &session.half] {
            assert_eq!(check_state_vector(vector, &Limits::default(), |_, _| {}), Ok(()));
        }
    }
}

#[test]
fn each_update_fits_once_in_its_turn() {
    for session in sessions() {
        let mut known = Known::default();
        for update in &session.log {
            // Two may have deleted the same.
            let deletes_only = update[0] == 0;
            let fits = matches!(known.judge(update), Ok(Judgement::Fits(_)));
            assert!(fits || deletes_only && known.judge(update) == Ok(Judgement::Known));
            known.absorb(update).unwrap();
            assert_eq!(known.judge(update), Ok(Judgement::Known));
        }
        for whole in [&session.state, &session.rest, &session.merged] {
            assert_eq!(known.judge(whole), Ok(Judgement::Known));
        }
        assert_eq!(known.encode_vector(), session.vector);
        assert_eq!(Known::from_update(&session.state), Ok(known));
    }
}

#[test]
fn a_whole_state_fits_into_nothing_and_a_difference_does_not() {
    for session in sessions() {
        let nothing = Known::default();
        assert!(matches!(nothing.judge(&session.state), Ok(Judgement::Fits(_))));
        assert!(matches!(nothing.judge(&session.merged), Ok(Judgement::Fits(_))));
        let half = session.log.len() / 2;
        assert_eq!(nothing.judge(&merge(&session.log[half..]).unwrap()), Ok(Judgement::Gap));
    }
}

#[test]
fn the_text_is_the_text_of_yjs() {
    for session in sessions() {
        assert_eq!(read_text(&[], &session.log, ROOT).unwrap(), session.text);
        assert_eq!(read_update(&session.state, ROOT).unwrap(), session.text);
        assert_eq!(read_text(&session.state, &session.log[3..], ROOT).unwrap(), session.text);
    }
}

#[test]
fn compaction_is_verified_and_not_larger_than_what_yjs_makes() {
    for session in sessions() {
        let compacted = compact_verified(&[], &session.log).unwrap();
        assert_eq!(compacted.kept_merged, None);
        assert_eq!(read_update(&compacted.bytes, ROOT).unwrap(), session.text);
        assert_eq!(Known::from_update(&compacted.bytes), Known::from_update(&session.state));
        // Yjs collects a few formats that it alone can tell to be without effect.
        assert!(compacted.bytes.len() <= session.state.len() + 16);
        assert_eq!(compact(&compacted.bytes).unwrap(), compacted.bytes);
    }
}

#[test]
fn a_base_in_the_middle_changes_nothing() {
    for session in sessions() {
        let (head, tail) = session.log.split_at(session.log.len() / 2);
        let base = compact_verified(&[], head).unwrap().bytes;
        let all = compact_verified(&base, tail).unwrap();
        assert_eq!(read_text(&base, tail, ROOT).unwrap(), session.text);
        assert_eq!(read_update(&all.bytes, ROOT).unwrap(), session.text);
        let merged = merge_onto(&base, tail).unwrap();
        let missing = diff(&merged, &Known::from_update(&base).unwrap().encode_vector()).unwrap();
        assert_eq!(read_text(&base, &[missing], ROOT).unwrap(), session.text);
    }
}
