//! House rules that no compiler knows, checked on the files that git would commit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Written in two halves, so that this file keeps its own rules.
const FOREIGN: [(&str, &str); 9] = [
    ("/wor", "k/"),
    ("/roo", "t/"),
    ("../sha", "red"),
    ("registry.npm", "js."),
    ("py", "pi.org"),
    ("files.python", "hosted"),
    ("static.crat", "es.io"),
    ("index.crat", "es.io"),
    ("deb.deb", "ian.org"),
];

#[test]
fn nothing_names_a_machine_or_a_registry() {
    let mut found = Vec::new();
    for file in files() {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for (number, line) in text.lines().enumerate() {
            found.extend(
                foreign_in(line).map(|what| format!("{}:{}: {what}", file.display(), number + 1)),
            );
        }
    }
    none(&found);
}

#[test]
fn the_npm_lock_holds_for_any_registry() {
    let locks = files().into_iter().filter(|file| file.ends_with("package-lock.json"));
    let bound: Vec<_> = locks
        .filter(|lock| fs::read_to_string(lock).unwrap().contains("\"resolved\": \"http"))
        .collect();
    none(&bound);
}

#[test]
fn modules_are_named_for_what_they_hold() {
    none(
        &files()
            .into_iter()
            .filter(|file| file.file_name().is_some_and(|name| name == "mod.rs"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let allow = ["#[al", "low("].concat();
    let inner = ["#![al", "low("].concat();
    let breaks = |file: &PathBuf| {
        fs::read_to_string(file).is_ok_and(|text| text.contains(&allow) || text.contains(&inner))
    };
    none(&rust_files().filter(breaks).collect::<Vec<_>>());
}

#[test]
fn migrations_are_named_by_time_verb_and_noun() {
    let migrations =
        files().into_iter().filter(|file| file.extension().is_some_and(|end| end == "sql"));
    let migrations =
        migrations.filter(|file| file.components().any(|part| part.as_os_str() == "migrations"));
    let wrong =
        migrations.filter(|file| !is_migration_name(&file.file_name().unwrap().to_string_lossy()));
    none(&wrong.collect::<Vec<_>>());
}

#[test]
fn the_rules_see_what_they_should() {
    assert_eq!(foreign_in(&["open ", "/wor", "k/main"].concat()).count(), 1);
    assert_eq!(foreign_in(&["home", "/wor", "k/main"].concat()).count(), 0);
    assert!(is_migration_name("20261120071500_create_events.sql"));
    for name in
        ["2026_create_events.sql", "20261120071500_events.sql", "20261120071500_Create_events.sql"]
    {
        assert!(!is_migration_name(name), "{name}");
    }
}

/// A path that starts in the middle of a longer one is another path.
fn foreign_in(line: &str) -> impl Iterator<Item = String> {
    let part_of_a_word =
        |start: usize| line[..start].ends_with(|before: char| before.is_alphanumeric());
    FOREIGN.into_iter().map(|(first, second)| [first, second].concat()).filter(move |what| {
        line.match_indices(what.as_str())
            .any(|(start, _)| !what.starts_with('/') || !part_of_a_word(start))
    })
}

fn is_migration_name(name: &str) -> bool {
    let Some((time, words)) = name.strip_suffix(".sql").and_then(|stem| stem.split_once('_'))
    else {
        return false;
    };
    let is_word = |word: &str| {
        !word.is_empty()
            && word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    time.len() == 14
        && time.chars().all(|digit| digit.is_ascii_digit())
        && words.contains('_')
        && words.split('_').all(is_word)
}

fn rust_files() -> impl Iterator<Item = PathBuf> {
    files().into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs"))
}

/// What git tracks or would add. A file that was deleted and not yet committed is no file.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the repository is here");
    let list = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .expect("git lists the files of the house");
    assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
    let names = String::from_utf8(list.stdout).expect("our file names are UTF-8");
    names.split_terminator('\0').map(|name| root.join(name)).filter(|file| file.is_file()).collect()
}

fn none<T: std::fmt::Debug>(wrong: &[T]) {
    assert!(wrong.is_empty(), "{wrong:#?}");
}
