use std::collections::BTreeSet;

use super::accounts::by;
use super::{Ports, Refusal};
use crate::document::{Command, Document};
use crate::event::{Actor, Fact, Via};
use crate::id::{DocumentId, LinkId, PrincipalId};
use crate::port::{BrowserSession, Login};
use crate::stream::StreamId;

/// Guests who turn out to be users: their notes, rights and edits become the user's.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Promotions {
    ports: Ports,
}

/// A guest of a browser that its user may keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotable {
    pub guest: PrincipalId,
    pub name: String,
    /// The note that a link opened; none for the guest who makes notes.
    pub document: Option<(DocumentId, String)>,
}

impl Promotions {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// The guests of this browser that are not its user yet.
    pub async fn promotable(&self, session: &BrowserSession) -> Result<Vec<Promotable>, Refusal> {
        let mut found = Vec::new();
        for (guest, link) in guests(session) {
            let Some(row) = self.ports.read.principal(guest).await? else { continue };
            let document = match link {
                Some(link) => self.opened_by(link).await?,
                None => None,
            };
            found.push(Promotable { guest, name: row.name, document });
        }
        Ok(found)
    }

    /// Makes a guest of this browser the user who has signed in to it. What was granted to the guest is the user's, as are
    /// what links give it and what it asked for, and what the guest did is told of the user. Only the browser that the guest
    /// is in can do so.
    ///
    /// # Errors
    /// [`Refusal::AlreadyPromoted`] the second time; [`Refusal::NotFound`] for a guest of another browser.
    pub async fn promote(
        &self,
        session: &BrowserSession,
        guest: PrincipalId,
    ) -> Result<(), Refusal> {
        let login = session.login.ok_or(Refusal::Unauthorized)?;
        if guests(session).all(|(known, _)| known != guest) {
            return Err(self.refusal_of(guest, login).await?);
        }
        for document in self.concerned(guest).await? {
            self.hand_over(document, guest, login.user).await?;
        }
        for link in links_of(session, guest) {
            self.keep_link(link, guest, login.user).await?;
        }
        self.become_user(guest, login.user).await?;
        Ok(self.ports.sessions.replace_guest(session.id, guest, login.user).await?)
    }

    /// Whoever was promoted to this user is known to them; any other guest is nobody's business.
    async fn refusal_of(&self, guest: PrincipalId, login: Login) -> Result<Refusal, Refusal> {
        let facts = self.ports.facts(StreamId::principal(guest)).await?;
        let promoted = Fact::GuestPromoted { user: login.user };
        Ok(if facts.contains(&promoted) { Refusal::AlreadyPromoted } else { Refusal::NotFound })
    }

    /// The notes that were granted to the guest, or that the guest has asked for.
    async fn concerned(&self, guest: PrincipalId) -> Result<BTreeSet<DocumentId>, Refusal> {
        let accounts = &self.ports.accounts;
        let granted = accounts.granted_to(guest).await?.into_iter().map(|(document, _)| document);
        Ok(granted.chain(accounts.asked_for(guest).await?).collect())
    }

    /// The user has what the guest had, unless they had more, and waits for what the guest waited for; the guest has nothing.
    async fn hand_over(
        &self,
        document: DocumentId,
        guest: PrincipalId,
        user: PrincipalId,
    ) -> Result<(), Refusal> {
        let hand_over = Command::HandOver { from: guest, to: user };
        let decide = |facts: &[Fact]| Ok(Document::after(facts).decide(hand_over.clone())?);
        self.ports.decide(StreamId::document(document), by(user), &[], decide).await.map(drop)
    }

    /// The user comes in by the link wherever they sign in, for as long as it lets people in.
    async fn keep_link(
        &self,
        link: LinkId,
        guest: PrincipalId,
        user: PrincipalId,
    ) -> Result<(), Refusal> {
        let Some(row) = self.ports.read.link(link).await? else { return Ok(()) };
        let kept = Fact::LinkKept { link, document: row.document, guest };
        let decide = |facts: &[Fact]| {
            let done = row.revoked_at.is_some() || facts.contains(&kept);
            Ok(if done { Vec::new() } else { vec![kept.clone()] })
        };
        let actor = Actor { via: Via::Link(link), ..by(user) };
        self.ports.decide(StreamId::principal(user), actor, &[], decide).await.map(drop)
    }

    async fn become_user(&self, guest: PrincipalId, user: PrincipalId) -> Result<(), Refusal> {
        let promoted = Fact::GuestPromoted { user };
        let decide = |facts: &[Fact]| {
            let before = facts.iter().find(|fact| matches!(fact, Fact::GuestPromoted { .. }));
            match before {
                None => Ok(vec![promoted.clone()]),
                // Only the session was not told.
                Some(before) if *before == promoted => Ok(Vec::new()),
                Some(_) => Err(Refusal::NotFound),
            }
        };
        self.ports.decide(StreamId::principal(guest), by(user), &[], decide).await.map(drop)
    }

    async fn opened_by(&self, link: LinkId) -> Result<Option<(DocumentId, String)>, Refusal> {
        let Some(link) = self.ports.read.link(link).await? else { return Ok(None) };
        let row = self.ports.read.document(link.project, link.document).await?;
        Ok(row.map(|row| (row.id, row.effective_title().to_owned())))
    }
}

/// The links that have let this guest of the browser in.
fn links_of(session: &BrowserSession, guest: PrincipalId) -> impl Iterator<Item = LinkId> {
    session.guests.iter().filter(move |(_, known)| *known == guest).map(|(link, _)| *link)
}

/// Who this browser is beside its user: by itself, and by each link.
fn guests(session: &BrowserSession) -> impl Iterator<Item = (PrincipalId, Option<LinkId>)> {
    let user = session.login.map(|login| login.user);
    let own = session.principal.map(|guest| (guest, None));
    let links = session.guests.iter().map(|(link, guest)| (*guest, Some(*link)));
    own.into_iter().chain(links).filter(move |(guest, _)| Some(*guest) != user)
}
