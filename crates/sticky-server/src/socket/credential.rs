//! What a socket shows for itself.

use sticky_domain::access::{Caller, Claim};
use sticky_domain::id::{DocumentId, LinkId};
use sticky_domain::share_link;
use sticky_domain::ticket::{Pass, Purpose};
use sticky_domain::usecase::{Knock, Refusal};

use super::entry::{Entry, Refused};
use crate::api::ApiError;
use crate::app::App;
use crate::people::{self, PROJECT};
use crate::{auth, people::trusted};

/// The one credential that counts, the most explicit first. A bad one is refused, never passed over for the next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Credential<'a> {
    /// Used up by this socket.
    Ticket(&'a str),
    /// In `Authorization`.
    AccessToken(&'a str),
    /// In `?token=`: what stock providers can send.
    QueryToken(&'a str),
    /// None of these: the browser's cookie, or nothing at all.
    Ambient,
}

impl<'a> Credential<'a> {
    pub(super) fn of(entry: &'a Entry) -> Result<Self, Refused> {
        if let Some(ticket) = entry.ticket() {
            return Ok(Self::Ticket(ticket));
        }
        match auth::bearer(entry.headers()).map_err(|_| Refused::Credential)? {
            Some(token) => Ok(Self::AccessToken(token)),
            None => Ok(entry.query("token").map_or(Self::Ambient, Self::QueryToken)),
        }
    }

    pub(super) async fn caller(
        self,
        app: &App,
        entry: &Entry,
        document: DocumentId,
    ) -> Result<Caller, Refused> {
        match self {
            Self::Ticket(text) => ticket(app, text, document).await,
            Self::AccessToken(text) => access_token(app, text).await,
            Self::QueryToken(text) => query_token(app, text, document).await,
            Self::Ambient => ambient(app, entry).await,
        }
    }
}

async fn ticket(app: &App, text: &str, document: DocumentId) -> Result<Caller, Refused> {
    let pass = pass(app, text, Purpose::Ticket, document).ok_or(Refused::Credential)?;
    if !app.sessions.spend_ticket(pass.nonce, pass.expires_at).await? {
        return Err(Refused::Credential);
    }
    Ok(bearer_of(pass))
}

async fn query_token(app: &App, text: &str, document: DocumentId) -> Result<Caller, Refused> {
    if let Some(link) = share_link::verify(&app.keys, text) {
        return guest(app, link, document).await;
    }
    match pass(app, text, Purpose::Collab, document) {
        Some(pass) => Ok(bearer_of(pass)),
        None => access_token(app, text).await,
    }
}

async fn access_token(app: &App, text: &str) -> Result<Caller, Refused> {
    match auth::token_caller(app, text).await {
        Ok(caller) => caller.ok_or(Refused::Credential),
        Err(ApiError::Refused(refusal)) => Err(refusal.into()),
        Err(_) => Err(Refused::Credential),
    }
}

/// Clients that come with nothing but a link are one guest of it: a provider that reconnects must be who it was, or
/// its own Yjs client id would be someone else's.
async fn guest(app: &App, link: LinkId, document: DocumentId) -> Result<Caller, Refused> {
    let browser = app.browsers.of_bare_link(link, PROJECT).await?;
    let admission = app.browsers.admit(Some(browser), link, Knock::default()).await?;
    if admission.document != document {
        return Err(Refusal::NotFound.into());
    }
    Ok(admission.browser.caller())
}

async fn ambient(app: &App, entry: &Entry) -> Result<Caller, Refused> {
    if let Some(cookie) = auth::browser_cookie(app, entry.headers()) {
        auth::require_ours(app, entry.headers(), true).map_err(|_| Refused::Origin)?;
        let browser = app.browsers.find(cookie.ok_or(Refused::Credential)?).await?;
        return Ok(browser.ok_or(Refused::Credential)?.caller());
    }
    if !app.config.local_dev {
        return Err(Refusal::NotFound.into());
    }
    let person = people::named(app, entry.query("userId"), entry.query("displayName")).await?;
    Ok(trusted(person))
}

/// A pass of ours for this document. One that was given out in local-dev is worth nothing elsewhere.
fn pass(app: &App, text: &str, purpose: Purpose, document: DocumentId) -> Option<Pass> {
    let pass = Pass::verify(&app.keys, text, app.clock.now())?;
    let local = pass.claims.iter().any(|claim| matches!(claim, Claim::LocalDev(_)));
    let fits = pass.purpose == purpose && pass.document == document;
    (fits && (app.config.local_dev || !local)).then_some(pass)
}

/// A ticket lets in once, for as long as its claims hold; a token ends by itself, and its sockets with it.
fn bearer_of(pass: Pass) -> Caller {
    let until = (pass.purpose == Purpose::Collab).then_some(pass.expires_at);
    let caller = Caller::new(pass.project, pass.claims).within(pass.project);
    Caller { until, login: pass.login, ..caller.at_most(pass.at_most) }
}
