//! Rights that are lost while someone writes under them, in every way there is: nothing is recorded after the loss has
//! committed. `STICKY_TEST_TRIALS` says how often each is tried.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use sticky_domain::access::{Claim, Level, Right};
use sticky_domain::event::{Body, Event};
use sticky_domain::id::DocumentId;
use sticky_domain::link::LinkTerms;
use sticky_domain::port::{Access as _, Appended, EventStore as _};
use sticky_domain::stream::{Lane, StreamId};
use sticky_store::Store;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::conformance::losses::{Loss, Way, loss};
use crate::engines::Opened;
use crate::world::{append, document, guest, link_with, principal, right, update_under};

/// Writers who send as fast as they are answered, beside one who sends 200 a second.
const EAGER: usize = 2;
const AN_HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_outruns_a_loss_in_a_file() {
    let opened = Opened::file().await;
    race(&opened, opened.store.clone(), async |trial| after_in_time(&opened.store, trial).await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_outruns_a_loss_in_memory() {
    let opened = Opened::memory().await;
    race(&opened, opened.store.clone(), async |trial| after_in_time(&opened.store, trial).await)
        .await;
}

/// One node takes the right away while others write under it, by the times at which the server committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_outruns_a_loss_on_postgres() {
    let opened = Opened::postgres().await;
    let url = opened.url().to_owned();
    race(&opened, opened.again().await, async |trial| {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        after_commit(&mut connection, trial).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_outruns_the_end_of_a_link() {
    for opened in [Opened::memory().await, Opened::file().await, Opened::postgres().await] {
        race_the_clock(&opened).await;
    }
}

/// A document whose right was lost by the fact at this place.
struct Trial {
    document: DocumentId,
    stream: StreamId,
    loss: Appended,
    /// Where the content lane stood when it began.
    began: u64,
}

async fn race(opened: &Opened, taker: Store, late: impl AsyncFn(&Trial) -> u64) {
    opened.clock.tick();
    let mut tally = Tally::default();
    for (nth, way) in (0..trials()).flat_map(|nth| Way::ALL.map(|way| (nth, way))) {
        let document = document(&opened.store, principal()).await;
        let Loss { caller, stream, fact, .. } = loss(&opened.store, document, way).await;
        let right = opened.store.right(&caller, document).await.unwrap().unwrap();
        let began = opened.store.position(Lane::Content).await.unwrap();
        let said = Arc::new(Notify::new());
        let writers = writers(&opened.store, document, &right, &said);
        said.notified().await;
        some_time(nth).await;
        let loss = append(&taker, stream, vec![fact]).await.unwrap();
        let accepted = accepted(writers).await;
        let stored = opened.store.updates(document, 0, usize::MAX).await.unwrap().head;
        let late = late(&Trial { document, stream, loss, began }).await;
        assert_eq!(stored, accepted, "{way:?}, trial {nth}");
        tally.add(format!("{way:?}"), stored, late);
    }
    tally.told(opened);
}

/// A link ends by the clock, without anyone appending anything.
async fn race_the_clock(opened: &Opened) {
    opened.clock.tick();
    let mut tally = Tally::default();
    for trial in 0..trials() {
        let document = document(&opened.store, principal()).await;
        let end = opened.clock.time().plus(AN_HOUR);
        let terms = LinkTerms { expires_at: Some(end), ..LinkTerms::open(Level::Editor) };
        let link = link_with(&opened.store, document, terms).await;
        let guest = guest(&opened.store, "Ana").await.0;
        let began = opened.store.position(Lane::Content).await.unwrap();
        let right = right(&opened.store, Claim::Link { link, guest }, document).await.unwrap();
        let said = Arc::new(Notify::new());
        let writers = writers(&opened.store, document, &right, &said);
        said.notified().await;
        some_time(trial).await;
        opened.clock.advance(AN_HOUR.as_millis() as i64);
        let accepted = accepted(writers).await;
        let events = opened.store.lane(Lane::Content, began, 100_000).await.unwrap();
        let stream = StreamId::content(document);
        let recorded: Vec<_> = events.iter().filter(|event| event.stream == stream).collect();
        let late = recorded.iter().filter(|event| event.recorded_at >= end).count() as u64;
        assert_eq!(recorded.len() as u64, accepted, "trial {trial}");
        tally.add("LinkEnded".to_owned(), accepted, late);
    }
    tally.told(opened);
}

/// What came of the trials of each way: how many there were, what was recorded, and what of that too late.
#[derive(Default)]
struct Tally(BTreeMap<String, [u64; 3]>);

impl Tally {
    fn add(&mut self, way: String, recorded: u64, late: u64) {
        let counts = self.0.entry(way).or_default();
        *counts = [counts[0] + 1, counts[1] + recorded, counts[2] + late];
    }

    /// Nothing may have been late.
    fn told(self, opened: &Opened) {
        let engine = opened.engine();
        for (way, [trials, recorded, late]) in &self.0 {
            eprintln!("{engine}: {way}: {trials} trials, {recorded} recorded, {late} too late");
        }
        assert!(self.0.values().all(|[.., late]| *late == 0), "something was recorded too late");
    }
}

/// Another one for each of many trials, so that the loss comes at any point of a commit.
async fn some_time(trial: u64) {
    tokio::time::sleep(Duration::from_micros(trial * 1_370 % 20_000)).await;
}

fn trials() -> u64 {
    std::env::var("STICKY_TEST_TRIALS").map_or(2, |text| text.parse().unwrap())
}

/// Someone who writes 200 times a second, beside the eager.
fn writers(
    store: &Store,
    document: DocumentId,
    right: &Right,
    said: &Arc<Notify>,
) -> Vec<JoinHandle<u64>> {
    let writer = |nth| {
        let pause = if nth == 0 { Duration::from_millis(5) } else { Duration::ZERO };
        let (store, right, said) = (store.clone(), right.clone(), Arc::clone(said));
        tokio::spawn(write_until_refused(store, document, right, pause, said))
    };
    (0..=EAGER).map(writer).collect()
}

async fn accepted(writers: Vec<JoinHandle<u64>>) -> u64 {
    let mut accepted = 0;
    for writer in writers {
        accepted += writer.await.unwrap();
    }
    accepted
}

async fn write_until_refused(
    store: Store,
    document: DocumentId,
    right: Right,
    pause: Duration,
    said: Arc<Notify>,
) -> u64 {
    for nth in 0.. {
        let update = update_under(&right, &format!("{nth} {}", principal()));
        if store.record(document, vec![update]).await[0].is_err() {
            return nth;
        }
        said.notify_one();
        tokio::time::sleep(pause).await;
    }
    unreachable!("it counts for ever")
}

/// What was recorded later than the loss. The one connection that writes looks at the clock once it is its turn.
async fn after_in_time(store: &Store, trial: &Trial) -> u64 {
    let is_late = |event: &Event| {
        event.stream == StreamId::content(trial.document)
            && matches!(event.body, Body::Update(_))
            && event.recorded_at >= trial.loss.recorded_at
    };
    let events = store.lane(Lane::Content, trial.began, 100_000).await.unwrap();
    events.iter().filter(|event| is_late(event)).count() as u64
}

/// What was committed at the moment of the loss or later.
async fn after_commit(connection: &mut PgConnection, trial: &Trial) -> u64 {
    let late: i64 = sqlx::query_scalar(
        "with loss as (
             select pg_xact_commit_timestamp(xmin) as time from event
             where kind = $1 and stream = $2 and seq = $3)
         select count(*) filter (where pg_xact_commit_timestamp(e.xmin) >= loss.time)
         from loss, event e where e.kind = 2 and e.stream = $4",
    )
    .bind(trial.stream.kind.code())
    .bind(trial.stream.id)
    .bind(i64::try_from(trial.loss.seq).unwrap())
    .bind(trial.document.0)
    .fetch_one(connection)
    .await
    .unwrap();
    late.cast_unsigned()
}
