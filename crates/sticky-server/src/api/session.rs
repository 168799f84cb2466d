//! What a client needs to open a note's socket: like a presigned address.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sticky_domain::access::{Caller, Level};
use sticky_domain::id::{DocumentId, ProjectId};
use sticky_domain::ticket::{COLLAB_TOKEN_LIFE, Pass, Purpose, TICKET_LIFE};
use sticky_domain::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ApiError;
use super::answer::{LevelAnswer, Refusals};
use super::extract::{Body, Path};
use super::me::Nothing;
use crate::app::App;
use crate::auth::Reading;

/// How to open the socket.
#[derive(Serialize, ToSchema)]
pub(super) struct SocketSession {
    /// The socket's address.
    #[schema(example = "wss://notes.example.org/collab/0198c0de-0000-7000-8000-000000000001")]
    url: String,
    /// For `Sec-WebSocket-Protocol: sticky.v1, ticket.…`, once, within a minute.
    ticket: String,
    /// For `?token=…`, as often as needed, until `expires_at`: what providers that know only addresses can send.
    token: String,
    document_id: Uuid,
    level: LevelAnswer,
    /// When the token ends; RFC 3339.
    expires_at: String,
}

/// Credentials for a note's socket.
#[utoipa::path(post, path = "/api/v1/documents/{id}/session", tag = "documents", params(("id" = Uuid, Path)),
    request_body = Nothing, responses((status = 200, body = SocketSession), Refusals))]
pub(super) async fn open(
    State(app): State<App>,
    Reading(caller): Reading,
    Path(id): Path<Uuid>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<SocketSession>, ApiError> {
    let document = DocumentId(id);
    let right = app.ports.authorise_live(&caller, document, Level::Viewer).await?;
    let caller = narrowed(&app, caller, document).await?;
    let now = app.clock.now();
    let expires_at = now.plus(COLLAB_TOKEN_LIFE);
    let place = (right.project, document);
    let ticket = pass(&app, Purpose::Ticket, &caller, place, now.plus(TICKET_LIFE));
    let token = pass(&app, Purpose::Collab, &caller.at_most(right.level), place, expires_at);
    Ok(Json(SocketSession {
        url: app.public_url.socket_at(&format!("/collab/{document}")),
        ticket,
        token,
        document_id: id,
        level: right.level.into(),
        expires_at: expires_at.to_rfc3339(),
    }))
}

/// The caller with only those claims that give something on this document: what else a browser has opened is nobody's
/// business, least of all in an address.
async fn narrowed(app: &App, caller: Caller, document: DocumentId) -> Result<Caller, ApiError> {
    let mut claims = Vec::new();
    for claim in &caller.claims {
        let alone = Caller { claims: vec![*claim], ..caller.clone() };
        if app.ports.access.right(&alone, document).await?.is_some() {
            claims.push(*claim);
        }
    }
    Ok(Caller { claims, ..caller })
}

fn pass(
    app: &App,
    purpose: Purpose,
    caller: &Caller,
    (project, document): (ProjectId, DocumentId),
    expires_at: Timestamp,
) -> String {
    let pass = Pass {
        purpose,
        project,
        document,
        claims: caller.claims.clone(),
        at_most: caller.at_most,
        login: caller.login,
        nonce: app.ids.id(),
        expires_at,
    };
    pass.sign(&app.keys)
}
