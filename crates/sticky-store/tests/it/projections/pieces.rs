use std::collections::BTreeSet;

use sticky_domain::event::Fact;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{NoteText, Projections as _, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};

use super::dump::select;
use crate::engines::Opened;
use crate::world::{PROJECT, append, id, record};

const NOTES: Target = Target::live(Projection::Notes);
/// As many as one statement takes.
const AT_ONCE: usize = 64;

/// The pieces of the index that notes were written out in. SQLite merges them later, which is most of what the index costs.
async fn pieces(opened: &Opened) -> (usize, usize) {
    let origins = select(opened, "select origin from note_index_docsize").await;
    (origins.len(), origins.iter().collect::<BTreeSet<_>>().len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_step_makes_findable_is_one_piece_of_the_index() {
    let opened = Opened::file().await;
    let ids: Vec<DocumentId> = (0..AT_ONCE).map(|_| DocumentId(id())).collect();
    let (sooner, later) = ids.split_at(AT_ONCE / 2);
    // So that the order of their ids is not that of their making.
    for notes in [later, sooner] {
        for note in notes {
            let created = Fact::DocumentCreated { project: PROJECT, title: Some("Milk".into()) };
            append(&opened.store, StreamId::document(*note), vec![created]).await.unwrap();
            record(&opened.store, *note, "and honey").await;
        }
        opened.store.advance(NOTES, Lane::Control).await.unwrap();
    }
    assert_eq!(pieces(&opened).await, (AT_ONCE, 2), "as they are made");
    opened.store.advance(NOTES, Lane::Content).await.unwrap();
    let texts = ids.iter();
    let texts =
        texts.map(|note| NoteText { document: *note, seq: 1, text: Ok("and honey".into()) });
    opened.store.save_texts(NOTES, texts.collect()).await.unwrap();
    assert_eq!(pieces(&opened).await, (AT_ONCE, 1), "as they are read");
}
