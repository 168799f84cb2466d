//! Steps of the read models on two nodes at once, one of which hears that a note was purged. The other node's step is
//! played by hand, so that it can be stopped in the middle.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use sticky_domain::event::Fact;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{EventStore as _, NoteText, Projections as _, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::{Lane, StreamId};
use tokio::task::JoinHandle;

use crate::engines::Opened;
use crate::world::{PROJECT, append, document, principal, record};

const NOTES: Target = Target::live(Projection::Notes);

struct Place {
    opened: Opened,
    note: DocumentId,
    /// In the middle of its step.
    other: PgConnection,
}

impl Place {
    /// A note whose making the read model knows, and which another node is about to take out of it.
    async fn new() -> Self {
        let opened = Opened::postgres().await;
        let note = document(&opened.store, principal()).await;
        opened.store.advance(NOTES, Lane::Control).await.unwrap();
        let mut other = PgConnection::connect(opened.url()).await.unwrap();
        let held = "begin; select * from projection_checkpoint where name = 'notes' and lane = 0 for update";
        other.execute(held).await.unwrap();
        Self { opened, note, other }
    }

    async fn on_other_node(&mut self, text: &str) {
        let text = text.replace("NOTE", &format!("'{}'", self.note));
        self.other.execute(AssertSqlSafe(text)).await.unwrap();
    }

    /// Returns once the step is over, or waits for the other node.
    async fn come_to_rest<T>(&self, step: &JoinHandle<T>) {
        let mut witness = PgConnection::connect(self.opened.url()).await.unwrap();
        let waiting = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        while !step.is_finished() {
            let count: i64 = sqlx::query_scalar(waiting).fetch_one(&mut witness).await.unwrap();
            if count > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn left(&mut self) -> (i64, i64) {
        let left = "select (select count(*) from note), (select count(*) from note_text)";
        sqlx::query_as(left).fetch_one(&mut self.other).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_that_is_folded_meanwhile_does_not_bring_a_purged_note_back() {
    let mut place = Place::new().await;
    let (store, note) = (place.opened.store.clone(), place.note);
    record(&store, note, "said").await;
    place.on_other_node("delete from listing where document = NOTE").await;
    place.on_other_node("delete from note where document = NOTE").await;
    let step = {
        let store = store.clone();
        tokio::spawn(async move { store.advance(NOTES, Lane::Content).await })
    };
    place.come_to_rest(&step).await;
    let stream = StreamId::document(note);
    append(&store, stream, vec![Fact::DocumentTrashed {}]).await.unwrap();
    let purged = Fact::DocumentPurged { project: PROJECT, links: Vec::new() };
    append(&store, stream, vec![purged]).await.unwrap();
    let position = store.position(Lane::Control).await.unwrap();
    let moved = format!("update projection_checkpoint set position = {position} where lane = 0");
    place.on_other_node(&format!("{moved} and name = 'notes'; commit")).await;
    step.await.unwrap().unwrap();
    assert_eq!(place.left().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_stored_meanwhile_leaves_with_the_purged_note() {
    let mut place = Place::new().await;
    let (store, note) = (place.opened.store.clone(), place.note);
    place
        .on_other_node(
            "delete from note_text where note in (select id from note where document = NOTE)",
        )
        .await;
    let texts = vec![NoteText { document: note, seq: 1, text: Ok("secret".to_owned()) }];
    let step = tokio::spawn(async move { store.save_texts(NOTES, texts).await });
    place.come_to_rest(&step).await;
    place.on_other_node("delete from note where document = NOTE; commit").await;
    step.await.unwrap().unwrap();
    assert_eq!(place.left().await, (0, 0));
}
