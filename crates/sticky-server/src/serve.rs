//! A process at work, from the first connection to the last.

use std::io;

use tokio::net::TcpListener;

use crate::app::App;
use crate::lifecycle::within;
use crate::listen::connections;
use crate::router::router;
use crate::worker;

/// Serves until the process is told to stop, and then until everyone has left or the grace is over.
///
/// # Errors
/// When connections can no longer be taken.
pub async fn serve(app: App, listener: TcpListener) -> io::Result<()> {
    let stopping = app.lifecycle.clone();
    // Made once: a bare router is finished anew for every connection, with all that its routes carry.
    let service = router(app.clone()).into_make_service();
    let server = axum::serve(connections(listener), service)
        .with_graceful_shutdown(async move { stopping.stopping().await });
    let mut server = tokio::spawn(server.into_future());
    let worker = tokio::spawn(worker::run(app.clone()));
    tokio::select! {
        // First, because it ends the other too: to the listener, sockets are connections that have left.
        biased;
        () = app.lifecycle.stopping() => {}
        ended = &mut server => return ended.map_err(io::Error::other)?,
    }
    within(app.config.shutdown_grace, "everyone to leave", async {
        app.relay.shutdown().await;
        app.lifecycle.sockets().wait().await;
        // What they failed at no longer matters.
        let _ = worker.await;
        let _ = server.await;
    })
    .await;
    tracing::info!("stopped");
    Ok(())
}
