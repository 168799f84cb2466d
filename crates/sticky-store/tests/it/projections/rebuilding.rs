use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use sticky_domain::access::{Level, Recipient};
use sticky_domain::event::Fact;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{
    Advance, Build, Lag, NoteText, ProjectionStatus, Projections, StoreError, Swap, Target,
};
use sticky_domain::projection::{Edit, Projection};
use sticky_domain::stream::{Lane, StreamId};
use sticky_domain::usecase::{RebuildProgress, Refusal};
use sticky_store::Store;

use super::dump::dump;
use super::following::record_through;
use super::plain::{over, projector};
use crate::engines::Opened;
use crate::shelf::Archived;
use crate::world::{append, document, grant, guest, link, principal, record};

/// How much each writer does before and while projections are rebuilt.
const ROUNDS: usize = 4;

/// What one writer does in a round.
async fn write(store: &Store, round: usize) {
    let (owner, other) = (principal(), principal());
    let note = document(store, owner).await;
    let stream = StreamId::document(note);
    record(store, note, &format!("# Note {round}\n")).await;
    let link = link(store, note, Level::Editor).await;
    let (guest, _) = guest(store, "Ana").await;
    let opened = vec![Fact::LinkRedeemed { link, document: note }];
    append(store, StreamId::principal(guest), opened).await.unwrap();
    record_through(store, note, link, "through a link").await;
    append(store, stream, vec![grant(other, Level::Viewer)]).await.unwrap();
    let mut facts = vec![Fact::DocumentRenamed { title: Some(format!("Round {round}")) }];
    if round.is_multiple_of(2) {
        facts.push(Fact::PermissionRevoked { recipient: Recipient::Principal(other) });
        facts.push(Fact::DocumentTrashed {});
    }
    append(store, stream, facts).await.unwrap();
    record(store, note, " more").await;
}

async fn write_rounds(opened: &Opened) {
    for round in 0..ROUNDS {
        opened.clock.advance(7);
        write(&opened.store, round).await;
    }
}

async fn catch_up(opened: &Opened) {
    let projector = projector(opened);
    for lane in [Lane::Control, Lane::Content] {
        projector.catch_up(lane).await.unwrap();
    }
    while projector.refresh_texts(Target::live(Projection::Notes)).await.unwrap() > 0 {}
}

/// Keeps a rebuild from taking over until the writers have ended; then the two are looked at beside each other.
struct Beside {
    store: Store,
    writing: Arc<AtomicBool>,
    held_back: AtomicBool,
    seen: Mutex<Option<(u64, u64)>>,
}

#[async_trait]
impl Projections for Beside {
    async fn swap(&self, target: Target) -> Result<Swap, StoreError> {
        if self.writing.load(Ordering::SeqCst) {
            self.held_back.store(true, Ordering::SeqCst);
            return Ok(Swap::Behind);
        }
        let all = self.status().await?;
        let of = |live| {
            all.iter().find(|status| status.projection == target.projection && status.live == live)
        };
        let (live, built) = (of(true).unwrap(), of(false).unwrap());
        let lag = [live.control, live.content, built.control, built.content].map(|at| at.lag());
        if lag != [0; 4] || live.stale_texts + built.stale_texts > 0 {
            return Ok(Swap::Behind);
        }
        *self.seen.lock().unwrap() = Some((live.generation, built.generation));
        Ok(Swap::Gone)
    }

    async fn advance(&self, target: Target, lane: Lane) -> Result<Advance, StoreError> {
        self.store.advance(target, lane).await
    }

    async fn lag(&self, projection: Projection) -> Result<Lag, StoreError> {
        self.store.lag(projection).await
    }

    async fn stale_texts(
        &self,
        target: Target,
        limit: usize,
    ) -> Result<Vec<(DocumentId, u64)>, StoreError> {
        self.store.stale_texts(target, limit).await
    }

    async fn save_texts(&self, target: Target, texts: Vec<NoteText>) -> Result<(), StoreError> {
        self.store.save_texts(target, texts).await
    }

    async fn begin(&self, projection: Projection) -> Result<Build, StoreError> {
        self.store.begin(projection).await
    }

    async fn observe(&self, target: Target, edits: Vec<Edit>) -> Result<(), StoreError> {
        self.store.observe(target, edits).await
    }

    async fn sweep(&self, projection: Projection) -> Result<bool, StoreError> {
        self.store.sweep(projection).await
    }

    async fn status(&self) -> Result<Vec<ProjectionStatus>, StoreError> {
        self.store.status().await
    }
}

pub(super) async fn a_rebuilt_projection_is_the_live_one_byte_for_byte_while_writers_go_on(
    opened: Opened,
) {
    rebuild_beside_writers(&opened, async || {}).await;
}

pub(super) async fn also_while_history_moves_into_the_archive(opened: Opened) {
    let mut archived = Archived::over(opened).await;
    // Whoever reads the log reads the archive, too.
    archived.opened.store = archived.store.clone();
    let archiver = archived.archiver(40).await;
    let (opened, sealed) = (archived.opened, AtomicUsize::new(0));
    rebuild_beside_writers(&opened, async || {
        opened.clock.advance(61_000);
        catch_up(&opened).await;
        let looked = archiver.look(false).await.unwrap();
        sealed.fetch_add(looked.sealed, Ordering::SeqCst);
    })
    .await;
    let sealed = sealed.load(Ordering::SeqCst);
    assert!(sealed >= 2 * ROUNDS, "{sealed} segments");
}

/// Rebuilds while others write; `meanwhile` happens before each rebuild, and whenever all have written.
async fn rebuild_beside_writers(opened: &Opened, meanwhile: impl AsyncFn()) {
    write_rounds(opened).await;
    meanwhile().await;
    for projection in Projection::ALL {
        let writing = Arc::new(AtomicBool::new(true));
        let beside = Arc::new(Beside {
            store: opened.store.clone(),
            writing: writing.clone(),
            held_back: AtomicBool::new(false),
            seen: Mutex::new(None),
        });
        let writers = async {
            while !beside.held_back.load(Ordering::SeqCst) {
                tokio::join!(write_rounds(opened), write_rounds(opened));
                meanwhile().await;
            }
            catch_up(opened).await;
            writing.store(false, Ordering::SeqCst);
        };
        let projector = over(opened, beside.clone());
        let (rebuilt, ()) = tokio::join!(projector.rebuild(projection, &|_| {}), writers);
        assert_eq!(rebuilt, Err(Refusal::Conflict), "it was kept from taking over");
        let (live, built) = beside.seen.lock().unwrap().expect("the two stood beside each other");
        let before = dump(opened, projection, live).await;
        assert!(before.len() > ROUNDS, "{before:?}");
        assert_eq!(dump(opened, projection, built).await, before);
        takes_over(opened, projection, before).await;
    }
}

/// Rebuilds it once more, undisturbed: the new generation is all that is left, and says the same.
async fn takes_over(opened: &Opened, projection: Projection, before: Vec<String>) {
    let told = Mutex::new(Vec::new());
    let watch = |progress| told.lock().unwrap().push(progress);
    projector(opened).rebuild(projection, &watch).await.unwrap();
    assert_eq!(told.lock().unwrap().last(), Some(&RebuildProgress::Swapped));
    let status = opened.store.status().await.unwrap();
    let of_it: Vec<_> = status.iter().filter(|status| status.projection == projection).collect();
    let [live] = of_it[..] else { panic!("{of_it:?}") };
    assert!(live.live && live.generation > 2);
    assert_eq!(dump(opened, projection, live.generation).await, before);
    for swept in 1..live.generation {
        assert_eq!(dump(opened, projection, swept).await, Vec::<String>::new());
    }
}

pub(super) async fn a_second_rebuild_ends_the_first(opened: Opened) {
    write(&opened.store, 1).await;
    let begun = opened.store.begin(Projection::Notes).await.unwrap();
    let first = Target { projection: Projection::Notes, generation: Some(begun.generation) };
    projector(&opened).rebuild(Projection::Notes, &|_| {}).await.unwrap();
    assert!(!opened.store.advance(first, Lane::Control).await.unwrap().exists);
    assert_eq!(opened.store.swap(first).await.unwrap(), Swap::Gone);
}
