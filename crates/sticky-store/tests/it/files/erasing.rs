//! What a purge leaves in the file: nothing that somebody wrote. (But for what SQLite leaves behind when it moves a row to
//! another page, which only its `vacuum` writes over.)

use crate::engines::Opened;
use crate::purged::{LABEL, TEXT, TITLE, purge, written};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_purged_note_no_byte_that_someone_wrote_is_left() {
    let opened = Opened::file().await;
    let (note, link) = written(&opened).await;
    assert_eq!(left(&opened).await, [TITLE, TEXT, LABEL], "the search finds what is there");
    purge(&opened, note, link).await;
    assert_eq!(left(&opened).await, [""; 0]);
}

/// Which of the words are somewhere in the file, once the write-ahead log has been folded into it.
async fn left(opened: &Opened) -> Vec<&'static str> {
    opened.again().await.close().await;
    let bytes = std::fs::read(opened.path()).unwrap().to_ascii_lowercase();
    let holds = |word: &&str| {
        let word = word.to_ascii_lowercase();
        bytes.windows(word.len()).any(|window| window == word.as_bytes())
    };
    [TITLE, TEXT, LABEL].into_iter().filter(holds).collect()
}
