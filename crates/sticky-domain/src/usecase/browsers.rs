mod admission;
mod knock;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Logins, Ports, Refusal};
use crate::access::{Caller, Claim};
use crate::event::{Actor, Fact, Via};
use crate::id::{DocumentId, LinkId, PrincipalId, ProjectId, RootId, SessionId};
use crate::name;
use crate::palette::{Colour, colour_of};
use crate::port::{BrowserSession, Expected, Login, PrincipalKind, PrincipalRow};
use crate::stream::StreamId;

pub use admission::Admission;
pub use knock::Knock;

/// Browsers: their sessions, and the guests that they are.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Browsers {
    ports: Ports,
}

/// A browser that is known by its cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    pub session: BrowserSession,
    /// The cookie's value, when the session was opened just now. A secret.
    pub new_cookie: Option<[u8; 32]>,
    /// It is everyone who comes with nothing but a certain link: that one of them was let in says nothing of the next.
    pub bare: bool,
}

/// A person as others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PrincipalId,
    pub kind: PrincipalKind,
    pub name: String,
    pub colour: Colour,
}

impl Browser {
    /// What this browser can show for itself.
    pub fn caller(&self) -> Caller {
        caller_of(&self.session)
    }

    /// Whom the link has let in here, if it has.
    pub fn held(&self, link: LinkId) -> Option<PrincipalId> {
        let mut guests = self.session.guests.iter();
        guests.find(|(held, _)| *held == link).map(|(_, guest)| *guest)
    }
}

fn caller_of(session: &BrowserSession) -> Caller {
    let user = session.login.map(|login| Claim::Principal(login.user));
    let own = session.principal.map(Claim::Principal);
    let guests = session.guests.iter().map(|&(link, guest)| Claim::Link { link, guest });
    let claims = user.into_iter().chain(own).chain(guests).collect();
    let caller = Caller::new(session.project, claims);
    match session.login {
        Some(login) => caller.resting_on(login.token),
        None => caller,
    }
}

impl Browsers {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// The browser whose cookie has this value.
    pub async fn find(&self, cookie: [u8; 32]) -> Result<Option<Browser>, Refusal> {
        let session = self.ports.sessions.find(sha256(&cookie)).await?;
        Ok(session.map(|session| Browser { session, new_cookie: None, bare: false }))
    }

    /// Whoever comes with nothing but a link and keeps no cookie: the same one each time, whichever key signed the link.
    ///
    /// Nobody can send a cookie that leads here: of all that hashes to this, none is as short as a cookie.
    pub async fn of_bare_link(&self, link: LinkId, project: ProjectId) -> Result<Browser, Refusal> {
        let sha256: [u8; 32] =
            Sha256::digest([b"sticky bare link 1\0", link.0.as_bytes().as_slice()].concat()).into();
        let bare = |session| Browser { session, new_cookie: None, bare: true };
        if let Some(session) = self.ports.sessions.find(sha256).await? {
            return Ok(bare(session));
        }
        // Of two that come at once one is refused here, and finds what the other has opened.
        let opened = self.open(sha256, project).await;
        match self.ports.sessions.find(sha256).await? {
            Some(session) => Ok(bare(session)),
            None => Ok(bare(opened?)),
        }
    }

    /// Makes this browser a guest of its own, so that it can make notes. Its second call changes nothing.
    pub async fn settle(
        &self,
        browser: Option<Browser>,
        project: ProjectId,
    ) -> Result<Browser, Refusal> {
        let mut browser = self.or_open(browser, project).await?;
        let session = &browser.session;
        if session.login.is_none() && session.principal.is_none() {
            let guest = self.new_guest(&browser.session, None).await?;
            let principal = self.ports.sessions.become_principal(browser.session.id, guest).await?;
            browser.session.principal = Some(principal);
        }
        Ok(browser)
    }

    /// The browser with someone signed in. It is known by another cookie from now on: whoever knew the old one, or
    /// had given it to this browser, is not signed in with it. What it was as a guest comes along.
    pub async fn sign_in(
        &self,
        browser: Option<BrowserSession>,
        login: Login,
    ) -> Result<Browser, Refusal> {
        // Guests of a browser that someone else had signed in to are theirs.
        let guest = browser.clone().filter(|session| session.login.is_none());
        let session = BrowserSession {
            id: SessionId(self.ports.ids.id()),
            project: login.project,
            principal: guest.as_ref().and_then(|session| session.principal),
            guests: guest.map(|session| session.guests).unwrap_or_default(),
            login: Some(login),
        };
        let cookie = self.ports.ids.secret();
        self.ports.sessions.open(&session, sha256(&cookie)).await?;
        if let Some(old) = browser {
            self.leave(&old).await?;
        }
        Ok(Browser { session, new_cookie: Some(cookie), bare: false })
    }

    /// Forgets this browser; whoever is signed in with it no longer is.
    pub async fn leave(&self, session: &BrowserSession) -> Result<(), Refusal> {
        if let Some(login) = session.login {
            Logins::new(self.ports.clone()).end(login).await?;
        }
        Ok(self.ports.sessions.close_session(session.id).await?)
    }

    /// Renames every guest of this browser: people know a person, not a guest per link.
    pub async fn rename(&self, session: &BrowserSession, name: &str) -> Result<(), Refusal> {
        let name = name::parse(name)?;
        let guests = session.guests.iter().map(|(_, guest)| *guest);
        for principal in session.principal.into_iter().chain(guests) {
            let actor = Actor { principal, via: Via::Direct, correlation: None };
            let rename = |facts: &[Fact]| {
                Ok(if called(facts) == Some(name.as_str()) {
                    Vec::new()
                } else {
                    vec![Fact::GuestRenamed { name: name.clone() }]
                })
            };
            self.ports.decide(StreamId::principal(principal), actor, &[], rename).await?;
        }
        Ok(())
    }

    /// Who this browser is: itself, else its newest guest.
    pub async fn who(&self, session: &BrowserSession) -> Result<Option<Person>, Refusal> {
        let newest = session.guests.last().map(|(_, guest)| *guest);
        let user = session.login.map(|login| login.user);
        match user.or(session.principal).or(newest) {
            Some(principal) => self.person(principal).await,
            None => Ok(None),
        }
    }

    /// A principal as others see them.
    pub async fn person(&self, principal: PrincipalId) -> Result<Option<Person>, Refusal> {
        let row = self.ports.read.principal(principal).await?;
        Ok(row.map(|PrincipalRow { id, kind, name, root, .. }| Person {
            id,
            kind,
            name,
            colour: colour_of(root),
        }))
    }

    async fn or_open(
        &self,
        browser: Option<Browser>,
        project: ProjectId,
    ) -> Result<Browser, Refusal> {
        if let Some(browser) = browser {
            return Ok(browser);
        }
        let cookie = self.ports.ids.secret();
        let session = self.open(sha256(&cookie), project).await?;
        Ok(Browser { session, new_cookie: Some(cookie), bare: false })
    }

    async fn open(&self, sha256: [u8; 32], project: ProjectId) -> Result<BrowserSession, Refusal> {
        let session = BrowserSession {
            id: SessionId(self.ports.ids.id()),
            project,
            principal: None,
            guests: Vec::new(),
            login: None,
        };
        self.ports.sessions.open(&session, sha256).await?;
        Ok(session)
    }

    async fn new_guest(
        &self,
        session: &BrowserSession,
        opened: Option<(LinkId, DocumentId)>,
    ) -> Result<PrincipalId, Refusal> {
        let guest = PrincipalId(self.ports.ids.id());
        let via = opened.map_or(Via::Direct, |(link, _)| Via::Link(link));
        let name = match self.who(session).await? {
            Some(person) => person.name,
            None => name::friendly(PrincipalId(session.id.0)),
        };
        let mut facts = vec![Fact::GuestAdmitted {
            project: session.project,
            name,
            root: RootId::from(session.id),
        }];
        facts.extend(opened.map(|(link, document)| Fact::LinkRedeemed { link, document }));
        let actor = Actor { principal: guest, via, correlation: None::<Uuid> };
        self.ports.append(StreamId::principal(guest), Expected::Seq(0), facts, actor, &[]).await?;
        Ok(guest)
    }
}

fn sha256(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// What these facts of a principal call them.
fn called(facts: &[Fact]) -> Option<&str> {
    facts.iter().rev().find_map(|fact| match fact {
        Fact::GuestAdmitted { name, .. }
        | Fact::GuestRenamed { name }
        | Fact::ServiceRegistered { name, .. } => Some(name.as_str()),
        _ => None,
    })
}
