//! The role `worker`: keeps the read models up with the log.

use std::time::Duration;

use sticky_domain::port::{StoreError, Target};
use sticky_domain::projection::Projection;
use sticky_domain::stream::Lane;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::app::App;

/// How long control events are gathered before they are folded together. Whoever reads a list does not wait for this.
const CONTROL_GATHERING: Duration = Duration::from_millis(50);
/// Updates come with every key press, and each fold is a commit. Whoever reads a list does not wait for this either.
const CONTENT_GATHERING: Duration = Duration::from_secs(1);
/// How long a text is left to be typed on before it is read.
const TEXT_GATHERING: Duration = Duration::from_secs(1);
/// How often texts are looked for that another node left unread.
const TEXT_POLL: Duration = Duration::from_secs(10);
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Runs until the process is told to stop.
pub(crate) async fn run(app: App) {
    let edited = Notify::new();
    let work = async {
        tokio::join!(
            follow(&app, Lane::Control, CONTROL_GATHERING, &edited),
            follow(&app, Lane::Content, CONTENT_GATHERING, &edited),
            read_texts(&app, &edited),
        )
    };
    tokio::select! {
        () = app.lifecycle.stopping() => {}
        _ = work => {}
    }
}

async fn follow(app: &App, lane: Lane, gathering: Duration, edited: &Notify) {
    let mut reached = 0;
    loop {
        app.ports.events.wait_beyond(lane, reached).await;
        sleep(gathering).await;
        match app.projector.catch_up(lane).await {
            Ok(position) => reached = position,
            Err(error) => wait_out(&error).await,
        }
        if lane == Lane::Content {
            edited.notify_one();
        }
    }
}

async fn read_texts(app: &App, edited: &Notify) {
    loop {
        // Nothing was edited here: then perhaps elsewhere.
        let _ = timeout(TEXT_POLL, edited.notified()).await;
        sleep(TEXT_GATHERING).await;
        loop {
            match app.projector.refresh_texts(Target::live(Projection::Notes)).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => wait_out(&error).await,
            }
        }
    }
}

async fn wait_out(error: &StoreError) {
    tracing::warn!(%error, "the read models cannot follow the log");
    sleep(RETRY_AFTER).await;
}
