use std::sync::atomic::Ordering;

use sticky_domain::id::DocumentId;
use sticky_domain::port::{EventStore as _, Snapshots as _, StoredUpdate};
use sticky_domain::stream::{Lane, StreamId};
use sticky_store::Store;
use sticky_store::archive::{ArchiveError, Archiver, Looked};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engines::Opened;
use crate::shelf::{Archived, HOT};
use crate::world::{record, update};

const DAY: i64 = 24 * 60 * 60 * 1_000;

pub(crate) async fn archived_history_reads_as_before(opened: Opened) {
    let archived = Archived::over(opened).await;
    let (store, document) = (&archived.store, archived.document(130).await);
    let (before, events) = read(store, document).await;
    let position = store.position(Lane::Content).await.unwrap();
    archived.clock().advance(61_000);
    let looked = archived.archiver(100).await.look(false).await.unwrap();
    assert!(looked.sealed > 9 && looked.merged > 0, "{looked:?}");
    assert_eq!(read(store, document).await, (before.clone(), events));
    assert_eq!(store.position(Lane::Content).await.unwrap(), position);
    assert_eq!(
        archived.opened.store.lane(Lane::Content, 0, 999).await.unwrap().len(),
        HOT as usize
    );

    let loaded = store.load(document, None, None).await.unwrap();
    assert_eq!((loaded.snapshot, &loaded.tail, loaded.head), (None, &before, 130));
    let past = store.load(document, None, Some(40)).await.unwrap();
    assert_eq!((&past.tail[..], past.head), (&before[..40], 130), "nothing beyond what was asked");
    let paged = pages(store, document, 40).await;
    assert_eq!(paged, before, "pages go through segments and rows alike");
    assert_eq!(record(store, document, "next").await.seq, 131);
    let again = store.record(document, vec![repeat_of(&before[129])]).await.remove(0).unwrap();
    assert_eq!((again.seq, again.repeated), (130, true), "what stayed is still recognised");
}

pub(crate) async fn stopping_after_any_step_loses_nothing(opened: Opened) {
    stop_after_each_step(&Archived::over(opened).await).await;
}

/// Stops an archiver after each of its steps, while others read; the next one goes on.
pub(crate) async fn stop_after_each_step(archived: &Archived) {
    for steps in 0..=STEPS {
        let document = archived.document(40).await;
        let before = archived.all(document).await;
        let (stop, readers) = read_all_the_time(&archived.store, document, &before);
        archived.clock().advance(61_000);
        do_steps(&archived.archiver(100).await, document, steps).await;
        archived.clock().advance(61_000);
        archived.archiver(100).await.look(false).await.unwrap();
        archived.clock().advance(2 * DAY);
        let sweeper = archived.archiver(60).await;
        sweeper.collect_garbage().await.unwrap();
        stop.send_replace(true);
        for reader in readers {
            assert!(reader.await.unwrap() > 0, "step {steps}: nothing was read meanwhile");
        }
        assert_eq!(archived.all(document).await, before, "step {steps}");
    }
    let sweeper = archived.archiver(60).await;
    archived.clock().advance(400 * DAY);
    let term = sweeper.claim().await.unwrap().unwrap();
    assert!(sweeper.sweep(term).await.unwrap() > 0, "what was put and never sealed");
    assert_eq!(sweeper.sweep(term).await.unwrap(), 0);
    assert_eq!(sweeper.look(false).await.unwrap(), Looked::default());
}

/// Four segments of three steps each, and one merge.
const STEPS: usize = 16;

/// What [`Archiver::look`] does, as far as `steps` go.
async fn do_steps(archiver: &Archiver, document: DocumentId, steps: usize) {
    let mut steps = (0..steps).map(drop);
    let _: Option<()> = async {
        steps.next()?;
        let term = archiver.claim().await.unwrap().unwrap();
        while let Some(package) = archiver.cut(document).await.unwrap() {
            steps.next()?;
            archiver.put(&package).await.unwrap();
            steps.next()?;
            archiver.seal(term, &package).await.unwrap();
            steps.next()?;
        }
        let merged = archiver.gather_small(document).await.unwrap().unwrap();
        steps.next()?;
        archiver.put_merged(&merged).await.unwrap();
        steps.next()?;
        archiver.replace(term, &merged).await.unwrap();
        steps.next()
    }
    .await;
}

pub(crate) async fn what_a_read_model_has_not_seen_stays(opened: Opened) {
    let archived = Archived::over(opened).await;
    let archiver = archived.archiver(100).await;
    let document = archived.document(40).await;
    archived.clock().advance(61_000);
    assert_eq!(archiver.look(false).await.unwrap().sealed, 0);
    archived.follow().await;
    let term = archiver.claim().await.unwrap().unwrap();
    let package = archiver.cut(document).await.unwrap().unwrap();
    archiver.put(&package).await.unwrap();
    archiver.seal(term, &package).await.unwrap();
    assert!(archiver.look(false).await.unwrap().sealed > 0);
}

pub(crate) async fn an_archiver_that_wakes_too_late_changes_nothing(opened: Opened) {
    let archived = Archived::over(opened).await;
    let document = archived.document(20).await;
    let before = archived.all(document).await;
    let (slow, quick) = (archived.archiver(50).await, archived.archiver(50).await);
    let term = slow.claim().await.unwrap().unwrap();
    let package = slow.cut(document).await.unwrap().unwrap();
    slow.put(&package).await.unwrap();
    assert_eq!(quick.claim().await.unwrap(), None, "the lease holds");
    archived.clock().advance(61_000);
    assert!(quick.look(false).await.unwrap().sealed > 0);
    assert_eq!(slow.seal(term, &package).await, Err(ArchiveError::Fenced));
    assert_eq!(slow.sweep(term).await, Err(ArchiveError::Fenced));
    assert_eq!(archived.all(document).await, before);
}

pub(crate) async fn two_archivers_at_once_move_everything_once(opened: Opened) {
    let archived = Archived::over(opened).await;
    let document = archived.document(60).await;
    let before = archived.all(document).await;
    let (one, other) = (archived.archiver(40).await, archived.archiver(40).await);
    let term = one.claim().await.unwrap().unwrap();
    let packages =
        [one.cut(document).await.unwrap().unwrap(), one.cut(document).await.unwrap().unwrap()];
    for package in &packages {
        one.put(package).await.unwrap();
    }
    one.seal(term, &packages[0]).await.unwrap();
    assert_eq!(one.seal(term, &packages[0]).await, Ok(()), "its answer might have got lost");
    assert_eq!(one.seal(term, &packages[1]).await, Err(ArchiveError::Changed));
    let looks: Vec<_> = [one, other]
        .map(|archiver| tokio::spawn(async move { archiver.look(false).await.unwrap().sealed }))
        .into_iter()
        .collect();
    for look in looks {
        look.await.unwrap();
    }
    assert_eq!(archived.all(document).await, before);
}

pub(crate) async fn a_lost_answer_of_the_objects_is_no_harm(opened: Opened) {
    let archived = Archived::over(opened).await;
    let document = archived.document(20).await;
    let before = archived.all(document).await;
    let archiver = archived.archiver(1_000).await;
    archived.clock().advance(61_000);
    let term = archiver.claim().await.unwrap().unwrap();
    let package = archiver.cut(document).await.unwrap().unwrap();
    archived.blobs.lose_put.store(true, Ordering::SeqCst);
    assert!(matches!(archiver.put(&package).await, Err(ArchiveError::Blob(_))));
    archiver.put(&package).await.unwrap();
    archiver.seal(term, &package).await.unwrap();
    archived.blobs.hide.store(3, Ordering::SeqCst);
    assert_eq!(archived.all(document).await, before, "who finds nothing looks again");
    archived.blobs.hide.store(usize::MAX, Ordering::SeqCst);
    let lost = archived.store.updates(document, 0, 10).await.unwrap_err();
    assert!(lost.to_string().contains(&document.to_string()), "{lost}");
}

pub(crate) async fn without_its_objects_only_the_past_is_missing(opened: Opened) {
    let archived = Archived::over(opened).await;
    let document = archived.document(20).await;
    archived.archiver(50).await.look(false).await.unwrap();
    let bare = &archived.opened.store;
    assert_eq!(record(bare, document, "still written").await.seq, 21);
    assert_eq!(bare.updates(document, 18, 999).await.unwrap().updates.len(), 3);
    let error = bare.updates(document, 0, 999).await.unwrap_err().to_string();
    assert!(error.contains("none is configured"), "{error}");
}

fn repeat_of(known: &StoredUpdate) -> sticky_domain::port::NewUpdate {
    update(known.principal, &[], std::str::from_utf8(&known.bytes).unwrap())
}

/// Reads until told to stop, in every way there is; says how often.
fn read_all_the_time(
    store: &Store,
    document: DocumentId,
    expected: &[StoredUpdate],
) -> (watch::Sender<bool>, Vec<JoinHandle<usize>>) {
    let stop = watch::Sender::new(false);
    let readers = (0..2).map(|way| {
        let (store, expected, stop) = (store.clone(), expected.to_vec(), stop.subscribe());
        tokio::spawn(async move {
            let mut times = 0;
            while !*stop.borrow() || times == 0 {
                let found = match way {
                    0 => store.load(document, None, None).await.unwrap().tail,
                    _ => pages(&store, document, 100).await,
                };
                assert_eq!(found, expected);
                times += 1;
            }
            times
        })
    });
    let readers = readers.collect();
    (stop, readers)
}

async fn pages(store: &Store, document: DocumentId, bytes: usize) -> Vec<StoredUpdate> {
    let mut all: Vec<StoredUpdate> = Vec::new();
    loop {
        let after = all.last().map_or(0, |update| update.seq);
        let page = store.updates(document, after, bytes).await.unwrap();
        if page.updates.is_empty() {
            return all;
        }
        all.extend(page.updates);
    }
}

async fn read(
    store: &Store,
    document: DocumentId,
) -> (Vec<StoredUpdate>, Vec<sticky_domain::event::Event>) {
    let updates = store.updates(document, 0, usize::MAX).await.unwrap().updates;
    (updates, store.stream(StreamId::content(document), 0).await.unwrap())
}
