//! `/collab/{document_id}`: the upgrade, and one task per socket.

mod credential;
mod entry;
mod farewell;
mod pump;

use axum::Router;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use futures::StreamExt as _;

use crate::api::{ApiError, Path};
use crate::app::App;
use crate::metrics::OpenSocket;
use entry::{Entry, PROTOCOL};
use farewell::{End, farewell};

/// The defaults of the library reserve 128 KiB for every idle socket.
const READ_BUFFER: usize = 4 << 10;
/// What is written out in one piece when several frames are ready.
const WRITE_BUFFER: usize = 2 << 10;
/// More than the largest frame that the relay makes, a whole document with its tail.
const MAX_WRITE_BUFFER: usize = 32 << 20;
/// An update of 1 MiB and the bytes around it.
const MAX_FRAME: usize = (1 << 20) + (1 << 10);

pub(crate) fn router() -> Router<App> {
    Router::new().route("/collab/{document_id}", get(upgrade))
}

/// Every upgrade succeeds: a browser can read a close code, but not an HTTP status.
async fn upgrade(
    State(app): State<App>,
    Path(document): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| ApiError::UpgradeRequired)?;
    // Boxed because it is needed once and the task that holds it lives for hours.
    let entry = Box::new(Entry::new(&document, query.as_deref(), headers));
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME);
    let tracked = app.lifecycle.sockets().token();
    Ok(upgrade.on_upgrade(async move |socket| {
        serve(app, entry, socket).await;
        drop(tracked);
    }))
}

async fn serve(app: App, entry: Box<Entry>, socket: WebSocket) {
    let _open = OpenSocket::new();
    let (mut sink, mut stream) = socket.split();
    let end = match Box::pin(entry.join(&app)).await {
        Ok(connection) => {
            let pulse = pump::Pulse::new(&app.config);
            pump::run(connection, pulse, &mut sink, &mut stream).await
        }
        Err(reason) => End::Close(reason),
    };
    drop(app);
    Box::pin(farewell(end, sink, stream)).await;
}
