//! Everything that ever broke something, and the seeds of the fuzzer, once more: each of `tests/corpus`.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::thread;

use crate::exercise::exercise;

#[test]
fn nothing_in_the_corpus_breaks_anything() {
    let broken = thread::Builder::new()
        // A stack overflow would take the other tests along, and is what some of these once caused.
        .stack_size(64 << 20)
        .spawn(|| corpus().into_iter().filter(breaks).collect::<Vec<_>>())
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(broken, Vec::<PathBuf>::new());
}

fn corpus() -> Vec<PathBuf> {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files: Vec<_> = fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 50, "the corpus is there");
    files
}

fn breaks(path: &PathBuf) -> bool {
    let bytes = fs::read(path).unwrap();
    catch_unwind(AssertUnwindSafe(|| exercise(&bytes))).is_err()
}
