//! Moving old history out of the database, beside serving.

use std::sync::Arc;
use std::time::Duration;

use sticky_relay::Compaction;
use sticky_store::archive::{Archiver, Looked};
use sticky_store::{Objects, Store};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::config::Config;
use crate::lifecycle::Lifecycle;
use crate::metrics;
use crate::system::{RandomIds, SystemClock};

/// How often all objects are listed to find those that were never committed.
const SWEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// The store with the archive that is configured.
pub(crate) fn with_archive(store: Store, config: &Config) -> anyhow::Result<Store> {
    let Some(archive) = &config.archive else {
        return Ok(store);
    };
    let objects = Objects::open(&archive.url, config.aws.variables());
    let objects = objects.map_err(|reason| anyhow::anyhow!("cannot use the archive: {reason}"))?;
    Ok(store.with_archive(Arc::new(objects)))
}

/// Archives until the process stops; `None` without an archive. Whatever step it is stopped at, nothing is lost.
pub(crate) fn start(
    store: &Store,
    config: &Config,
    lifecycle: &Lifecycle,
) -> Option<JoinHandle<()>> {
    let archive = config.archive.as_ref()?;
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds));
    let archiver = Archiver::new(store, clock, ids, Arc::new(Compaction), archive.policy)?;
    tracing::info!(archive = %archive.url, "old history is archived");
    let (interval, lifecycle) = (archive.interval, lifecycle.clone());
    Some(tokio::spawn(async move {
        tokio::select! {
            () = look_always(&archiver, interval) => {}
            () = lifecycle.stopping() => {}
        }
        if let Ok(Some(term)) = archiver.claim().await
            && let Err(error) = archiver.release(term).await
        {
            tracing::debug!(%error, "the next archiver waits for the lease to end");
        }
    }))
}

async fn look_always(archiver: &Archiver, interval: Duration) {
    let mut probed = false;
    let mut swept: Option<Instant> = None;
    let mut tick = tokio::time::interval(interval);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        probed = probed || probe(archiver).await;
        let sweep = swept.is_none_or(|swept| swept.elapsed() >= SWEEP);
        match archiver.look(sweep).await {
            Ok(looked) => {
                swept = if sweep { Some(Instant::now()) } else { swept };
                tell(looked);
            }
            Err(error) => {
                metrics::archive_failure();
                tracing::warn!(%error, "old history stays where it is; it is tried again");
            }
        }
    }
}

/// Some servers promise put-if-absent and do not hold it. Nothing rests on it, but their owner may want to know.
async fn probe(archiver: &Archiver) -> bool {
    match archiver.keeps_what_is_there().await {
        Ok(true) => true,
        Ok(false) => {
            tracing::warn!(
                "the archive's server overwrites objects that it was asked to keep (If-None-Match is ignored)"
            );
            true
        }
        Err(error) => {
            tracing::warn!(%error, "the archive cannot be written");
            false
        }
    }
}

fn tell(looked: Looked) {
    if looked != Looked::default() {
        let Looked { sealed, merged, pruned, deleted } = looked;
        tracing::info!(sealed, merged, pruned, deleted, "history was archived");
    }
    metrics::archived(looked);
}
