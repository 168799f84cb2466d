//! Edits of the server's own.

use sticky_relay::edit::Operation::{Append, Insert, Prepend, Replace, Tick};
use sticky_relay::edit::{EditError, Operation, Task, apply_operation, replace_text, splice};
use sticky_relay::known::{Judgement, Known};
use sticky_relay::merge::{EMPTY, merge_onto};
use sticky_relay::text::{ROOT, read_text};

use crate::build::*;
use crate::party::{Random, party};

fn state(text: &str) -> Vec<u8> {
    if text.is_empty() { EMPTY.to_vec() } else { blocks(1, 0, &[first(text)]) }
}

const PEOPLE: &str = "👩‍👩‍👧 and 👩‍👩‍👦, 漢字, e\u{301}, 🇩🇪🇫🇷\r\n";

#[test]
fn any_text_becomes_any_other() {
    let texts =
        ["", "a", "hello world", "hello brave world", PEOPLE, "👩‍👩‍👦 and 👩‍👩‍👧", "😀", "😁", "\u{301}"];
    for (old, new) in texts.iter().flat_map(|old| texts.iter().map(move |new| (old, new))) {
        let update = replace_text(&state(old), ROOT, 9, new).unwrap();
        assert_eq!(update.is_none(), old == new, "{old:?} {new:?}");
        let tail: Vec<_> = update.into_iter().collect();
        assert_eq!(read_text(&state(old), &tail, ROOT).unwrap(), *new);
    }
}

#[test]
fn only_what_differs_is_touched() {
    let state = state("one two three");
    let update = replace_text(&state, ROOT, 9, "one 2 three!").unwrap().unwrap();
    let Ok(Judgement::Fits(new)) = Known::from_update(&state).unwrap().judge(&update) else {
        panic!("it does not fit")
    };
    let new: Vec<_> = new.iter().map(|new| (new.client, new.to - new.from)).collect();
    assert_eq!(new, [(9, 2)]);
    let deletes: Vec<_> = Known::from_update(&update).unwrap().deletes().iter().collect();
    assert_eq!(deletes, [(1, 4, 7)]);
}

#[test]
fn others_keep_what_they_typed_meanwhile() {
    let base = state("one two three");
    let theirs = blocks(2, 0, &[after((1, 12), " four")]);
    let ours = replace_text(&base, ROOT, 9, "ONE two three").unwrap().unwrap();
    assert_eq!(read_text(&base, &[theirs, ours], ROOT).unwrap(), "ONE two three four");
}

#[test]
fn a_character_is_replaced_as_a_whole() {
    let family = replace_text(&state("a👩‍👩‍👧b"), ROOT, 9, "a👩‍👩‍👦b").unwrap().unwrap();
    let deletes: Vec<_> = Known::from_update(&family).unwrap().deletes().iter().collect();
    assert_eq!(deletes, [(1, 1, 9)]);
}

#[test]
fn splices_count_utf16() {
    let state = state("a😀漢b");
    let spliced = |at, delete, insert| {
        let update = splice(&state, ROOT, 9, at, delete, insert)?;
        Ok(read_text(&state, &update.into_iter().collect::<Vec<_>>(), ROOT)?)
    };
    assert_eq!(spliced(1, 2, "😁").unwrap(), "a😁漢b");
    assert_eq!(spliced(5, 0, "!").unwrap(), "a😀漢b!");
    assert_eq!(spliced(0, 5, "").unwrap(), "");
    assert_eq!(spliced(3, 1, "漢").unwrap(), "a😀漢b");
    for (at, delete) in [(2, 0), (0, 2), (6, 0), (4, 2), (usize::MAX, 1)] {
        let refused: Result<String, EditError> = spliced(at, delete, "x");
        assert!(matches!(refused, Err(EditError::NoSuchPlace)), "{at} {delete}");
    }
}

#[test]
fn edits_fit_into_whatever_people_wrote() {
    for seed in 0..60 {
        let mut random = Random(seed);
        let party = party(&mut random, 30);
        let new = format!("{}\n- [x] {PEOPLE}", party.text.replace('a', "😀"));
        let update = replace_text(&party.state, ROOT, 9, &new).unwrap().unwrap();
        assert_eq!(read_text(&party.state, &[&update], ROOT).unwrap(), new);
        assert!(merge_onto(&party.state, &[update]).is_ok());
    }
}

#[test]
fn a_large_text_rewritten_from_end_to_end_does_not_stall() {
    let old: String = (0..40_000).map(|n| char::from(b'a' + (n * 7 % 26) as u8)).collect();
    let new: String = (0..40_000).map(|n| char::from(b'A' + (n * n % 26) as u8)).collect();
    let update = replace_text(&state(&old), ROOT, 9, &new).unwrap().unwrap();
    assert_eq!(read_text(&state(&old), &[update], ROOT).unwrap(), new);
}

fn apply(text: &str, operation: &Operation) -> Option<String> {
    let result = apply_operation(text, operation);
    assert!(result.is_ok() || result == Err(sticky_relay::edit::OperationError::NotFoundInText));
    result.ok()
}

#[test]
fn operations() {
    let text = |text: &str| text.to_owned();
    let replace = |find, with, nth| Replace { find: text(find), with: text(with), nth };
    let cases = [
        ("a", Append { text: text("b") }, Some("ab")),
        ("a", Prepend { text: text("b") }, Some("ba")),
        ("", Insert { at: 0, text: text("b") }, Some("b")),
        ("漢😀字", Insert { at: 2, text: text("b") }, Some("漢😀b字")),
        ("漢😀字", Insert { at: 3, text: text("b") }, Some("漢😀字b")),
        ("漢😀字", Insert { at: 4, text: text("b") }, None),
        // Inside the family: after it.
        ("x👩‍👩‍👧y", Insert { at: 3, text: text("b") }, Some("x👩‍👩‍👧by")),
        ("a-a-a", replace("a", "b", None), Some("b-a-a")),
        ("a-a-a", replace("a", "b", Some(3)), Some("a-a-b")),
        ("a-a-a", replace("a", "b", Some(4)), None),
        ("a-a-a", replace("a", "b", Some(0)), None),
        ("a", replace("", "b", None), None),
        ("a", replace("c", "b", None), None),
    ];
    for (before, operation, expected) in cases {
        assert_eq!(apply(before, &operation).as_deref(), expected, "{before} {operation:?}");
    }
}

#[test]
fn ticking() {
    let list =
        "# List\r\n- [ ] milk\r\n> * [x] eggs 🥚\n12. [X] milk\n-[ ] no\n- [ ]no\n- [ ]\n[ ] no";
    let line = |line, checked| Tick { task: Task::Line(line), checked };
    let says = |says: &str, checked| Tick { task: Task::Text(says.to_owned()), checked };
    let changed = |from, to| Some(list.replacen(from, to, 1));
    let cases = [
        (line(2, true), changed("- [ ] milk", "- [x] milk")),
        (line(2, false), changed("", "")),
        (line(3, false), changed("[x]", "[ ]")),
        (line(4, true), changed("", "")),
        (line(4, false), changed("[X]", "[ ]")),
        (line(7, true), changed("- [ ]\n", "- [x]\n")),
        (says(" eggs 🥚", false), changed("[x]", "[ ]")),
        (says("milk", true), changed("- [ ] milk", "- [x] milk")),
        (says("bread", true), None),
        (line(0, true), None),
        (line(1, true), None),
        (line(5, true), None),
        (line(6, true), None),
        (line(8, true), None),
        (line(9, true), None),
    ];
    for (operation, expected) in cases {
        assert_eq!(apply(list, &operation), expected, "{operation:?}");
    }
}
