//! How a socket ends.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use sticky_domain::usecase::Refusal;
use sticky_relay::CloseReason;

use super::entry::Refused;
use crate::metrics;

/// How long a peer has to answer a close.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a socket is over.
#[derive(Debug)]
pub(super) enum End {
    /// We close it.
    Close(CloseReason),
    /// We close it in the middle of a message that is not read to its end.
    CutOff(CloseReason),
    /// The peer has closed it.
    Closed,
    /// The connection is gone.
    Gone,
}

/// Says why, and waits for the peer to have heard it: a connection dropped too early takes the reason with it.
pub(super) async fn farewell(
    end: End,
    mut sink: SplitSink<WebSocket, Message>,
    mut stream: SplitStream<WebSocket>,
) {
    let work = async {
        match end {
            End::Gone => {}
            End::Closed => while stream.next().await.is_some() {},
            End::Close(reason) => {
                if sink.send(close(reason)).await.is_ok() {
                    while let Some(Ok(_)) = stream.next().await {}
                }
            }
            End::CutOff(reason) => {
                if sink.send(close(reason)).await.is_ok() {
                    std::future::pending::<()>().await;
                }
            }
        }
    };
    // A peer that does not answer loses nothing but the reason.
    let _ = tokio::time::timeout(PATIENCE, work).await;
}

fn close(CloseReason { code, reason }: CloseReason) -> Message {
    metrics::closed(code);
    tracing::debug!(code, reason, "closing a socket");
    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
}

/// The close code of a refusal. Its reason is the refusal's stable code.
pub(super) fn reason_of(refused: &Refused) -> CloseReason {
    let refusal = match refused {
        Refused::Credential => return CloseReason::CREDENTIAL,
        // Not 4403, at which clients delete what they keep of a note.
        Refused::Origin => return CloseReason { code: 4401, reason: "origin_refused" },
        Refused::TooMany => return CloseReason::SLOW_DOWN,
        Refused::Refusal(refusal) => refusal,
    };
    let code = match refusal {
        Refusal::NotFound | Refusal::Forbidden | Refusal::Lapsed | Refusal::Denied { .. } => 4404,
        Refusal::Unauthorized => 4401,
        Refusal::InTrash => 4410,
        Refusal::Invalid { .. } => 4400,
        _ => {
            tracing::warn!(%refusal, "a socket could not be served");
            1013
        }
    };
    CloseReason { code, reason: refusal.code() }
}
