use super::{Browser, Browsers, Knock, Person};
use crate::access::Level;
use crate::event::{Actor, Fact, Via};
use crate::id::{DocumentId, LinkId, PrincipalId};
use crate::port::{BrowserSession, Expected, LinkRow};
use crate::projection::LinkUse;
use crate::stream::StreamId;
use crate::usecase::Refusal;

/// A browser that has been let in by a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    pub browser: Browser,
    pub document: DocumentId,
    pub title: String,
    pub level: Level,
    pub person: Person,
}

impl Browsers {
    /// Lets a browser in by a link whose signature has been verified. Unknown, turned off and trashed look the same.
    pub async fn admit(
        &self,
        browser: Option<Browser>,
        link: LinkId,
        knock: Knock<'_>,
    ) -> Result<Admission, Refusal> {
        let now = self.ports.clock.now();
        let (row, document) = self.ports.open_link(link, |row| row.is_open(now)).await?;
        let in_already = self.in_already(browser.as_ref(), link).await?;
        let shared_with = match in_already {
            Some(_) => None,
            None => self.ports.admits(&row, browser.as_ref(), knock).await?,
        };
        let mut browser = self.or_open(browser, row.project).await?;
        if let Some(guest) = browser.held(link).or(in_already) {
            self.came_again(guest, &row).await;
        }
        if browser.held(link).is_none() {
            let guest = match in_already {
                Some(user) => self.ports.sessions.admit(browser.session.id, link, user).await?,
                None => self.guest_of(&browser.session, &row, shared_with).await?,
            };
            browser.session.guests.push((link, guest));
        }
        let right =
            self.ports.authorise_live(&browser.caller(), row.document, Level::Viewer).await?;
        let person = self.person(right.principal).await?.ok_or(Refusal::NotFound)?;
        Ok(Admission {
            browser,
            document: row.document,
            title: document.effective_title().to_owned(),
            level: right.level,
            person,
        })
    }

    /// Whom the link has let in before: in this browser, or the user who has signed in to it in another.
    async fn in_already(
        &self,
        browser: Option<&Browser>,
        link: LinkId,
    ) -> Result<Option<PrincipalId>, Refusal> {
        let Some(browser) = browser else { return Ok(None) };
        if let Some(guest) = browser.held(link) {
            return Ok(Some(guest).filter(|_| !browser.bare));
        }
        let Some(login) = browser.session.login else { return Ok(None) };
        let now = self.ports.clock.now();
        let held = self.ports.directory.held_links(&[login.user], now).await?;
        Ok(held.contains(&link).then_some(login.user))
    }

    /// Makes this browser someone who is let in by the link: whom the note is shared with and whoever has signed in stay
    /// who they are.
    async fn guest_of(
        &self,
        session: &BrowserSession,
        link: &LinkRow,
        shared_with: Option<PrincipalId>,
    ) -> Result<PrincipalId, Refusal> {
        let guest = match shared_with.or(session.login.map(|login| login.user)) {
            Some(principal) => self.redeemed(principal, link).await?,
            None => self.new_guest(session, Some((link.id, link.document))).await?,
        };
        Ok(self.ports.sessions.admit(session.id, link.id, guest).await?)
    }

    /// Records a visit. Whoever is in may come again though nothing can be recorded.
    async fn came_again(&self, guest: PrincipalId, link: &LinkRow) {
        let used = self.ports.read.link_use(link.id, guest).await;
        let is_visit = |used: &LinkUse| used.is_visit(self.ports.clock.now());
        if used.is_ok_and(|used| used.as_ref().is_some_and(is_visit)) {
            let opened = Fact::LinkOpened { link: link.id, document: link.document };
            let _ = self.tell(guest, link, opened).await;
        }
    }

    async fn redeemed(
        &self,
        principal: PrincipalId,
        link: &LinkRow,
    ) -> Result<PrincipalId, Refusal> {
        let redeemed = Fact::LinkRedeemed { link: link.id, document: link.document };
        self.tell(principal, link, redeemed).await?;
        Ok(principal)
    }

    /// Appends what someone did by a link.
    async fn tell(&self, who: PrincipalId, link: &LinkRow, fact: Fact) -> Result<(), Refusal> {
        let actor = Actor { principal: who, via: Via::Link(link.id), correlation: None };
        let stream = StreamId::principal(who);
        self.ports.append(stream, Expected::Any, vec![fact], actor, &[]).await?;
        Ok(())
    }
}
