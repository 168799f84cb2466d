//! What a client says when it opens a socket, and whether that lets it in.

use axum::http::{HeaderMap, header};
use sticky_domain::access::{Caller, Claim, Presence, Right};
use sticky_domain::id::DocumentId;
use sticky_domain::usecase::Refusal;
use sticky_relay::{CloseReason, Connection, Seat};
use url::form_urlencoded;

use super::credential::Credential;
use super::farewell::reason_of;
use crate::app::App;
use crate::auth;
use crate::limit::WRITE;

/// The subprotocol of our own clients.
pub(super) const PROTOCOL: &str = "sticky.v1";
const TICKET: &str = "ticket.";

/// An upgrade request.
pub(super) struct Entry {
    /// `None` when the address names no note.
    document: Option<DocumentId>,
    query: Vec<(String, String)>,
    protocols: Vec<String>,
    headers: HeaderMap,
}

impl Entry {
    pub(super) fn new(document: &str, query: Option<&str>, headers: HeaderMap) -> Self {
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self {
            document: document.parse().ok(),
            query: query.into_owned().collect(),
            protocols: protocols(&headers),
            headers,
        }
    }

    /// Takes a seat in the note's room.
    pub(super) async fn join(self, app: &App) -> Result<Connection, CloseReason> {
        if app.lifecycle.is_stopping() {
            return Err(CloseReason::RESTARTING);
        }
        let extended = self.is_extended();
        let (document, seat) =
            self.seat(app, extended).await.map_err(|refusal| reason_of(&refusal))?;
        app.relay.connect(document, seat).await
    }

    async fn seat(self, app: &App, extended: bool) -> Result<(DocumentId, Seat), Refused> {
        if auth::sent_origin(&self.headers).is_some() {
            auth::require_ours(app, &self.headers, true).map_err(|_| Refused::Origin)?;
        }
        let document = self.document.ok_or(Refusal::NotFound)?;
        let caller = Credential::of(&self)?.caller(app, &self, document).await?;
        charge(app, &caller)?;
        let right = right(app, &caller, document).await?;
        let title = title(app, &caller, &right, document).await?;
        Ok((document, Seat { caller, right, title, extended }))
    }

    /// The first value of this name in the query; empty ones do not count.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        values.next().map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn ticket(&self) -> Option<&str> {
        self.protocols.iter().find_map(|protocol| protocol.strip_prefix(TICKET))
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn is_extended(&self) -> bool {
        self.protocols.iter().any(|protocol| protocol == PROTOCOL)
            || self.query("sticky") == Some("1")
    }
}

/// Why a socket was not let in.
#[derive(Debug)]
pub(super) enum Refused {
    /// The credential is not valid, or no longer.
    Credential,
    /// A page of another site.
    Origin,
    Refusal(Refusal),
    /// The caller opens too many sockets at once.
    TooMany,
}

impl<E: Into<Refusal>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Refusal(error.into())
    }
}

/// A socket costs what a change does: a room is loaded, and what the client lacks is made.
fn charge(app: &App, caller: &Caller) -> Result<(), Refused> {
    let charged = caller.claims.first().map_or(Ok(()), |claim| match *claim {
        Claim::Principal(principal)
        | Claim::Token { principal, .. }
        | Claim::LocalDev(principal) => app.limits.principal(principal.0, WRITE),
        Claim::Link { link, .. } => app.limits.link(link, WRITE),
    });
    charged.map_err(|_| Refused::TooMany)
}

async fn right(app: &App, caller: &Caller, document: DocumentId) -> Result<Right, Refused> {
    let right = match app.ports.glance.right(caller, document).await? {
        None if is_local(caller) => {
            app.documents.ensure(caller, document).await?;
            app.ports.access.right(caller, document).await?
        }
        right => right,
    };
    match right {
        Some(right) if right.presence == Presence::Trashed => Err(Refusal::InTrash.into()),
        Some(right) => Ok(right),
        None => Err(Refusal::NotFound.into()),
    }
}

async fn title(
    app: &App,
    caller: &Caller,
    right: &Right,
    document: DocumentId,
) -> Result<String, Refusal> {
    let row = app.ports.read.document(right.project, document).await?.ok_or(Refusal::NotFound)?;
    if row.title_is_stale() {
        return Ok(app.documents.get(caller, document).await?.effective_title().to_owned());
    }
    Ok(row.effective_title().to_owned())
}

fn is_local(caller: &Caller) -> bool {
    matches!(caller.claims.as_slice(), [Claim::LocalDev(_)])
}

fn protocols(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|part| part.trim().to_owned()).collect()
}
