//! A process at work, from the first connection to the last.

use tokio::net::TcpListener;

use crate::app::App;
use crate::connection::Connections;
use crate::lifecycle::within;
use crate::tls::{Tls, TlsError};
use crate::worker;

/// Serves until the process is told to stop, and then until everyone has left or the grace is over.
///
/// # Errors
/// When the certificate that is configured cannot be used.
pub async fn serve(app: App, listener: TcpListener) -> Result<(), TlsError> {
    let tls = app.config.tls.clone().map(Tls::load).transpose()?;
    let connections = Connections::new(&app, tls).await;
    let worker = tokio::spawn(worker::run(app.clone()));
    tokio::select! {
        never = connections.take_from(listener) => match never {},
        never = connections.keep_certificate_new() => match never {},
        () = app.lifecycle.stopping() => {}
    }
    within(app.config.shutdown_grace, "everyone to leave", async {
        app.relay.shutdown().await;
        app.lifecycle.sockets().wait().await;
        // What it failed at no longer matters.
        let _ = worker.await;
        connections.ended().await;
    })
    .await;
    tracing::info!("stopped");
    Ok(())
}
