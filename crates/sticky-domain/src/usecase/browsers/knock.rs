use super::Browser;
use crate::access::{Caller, Claim};
use crate::document::{Document, RequestState};
use crate::event::Fact;
use crate::id::PrincipalId;
use crate::link::Audience;
use crate::port::LinkRow;
use crate::stream::StreamId;
use crate::usecase::{Ports, Refusal};

/// What whoever holds a link says beside it.
#[derive(Clone, Copy, Default)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct Knock<'a> {
    /// That they mean to come in, though it uses the link up.
    pub open: bool,
    pub password: Option<&'a str>,
}

impl Ports {
    /// Whether an open link lets in a browser that it has not let in yet; for a link that is only for those whom the note
    /// is shared with, as whom.
    pub(super) async fn admits(
        &self,
        link: &LinkRow,
        browser: Option<&Browser>,
        knock: Knock<'_>,
    ) -> Result<Option<PrincipalId>, Refusal> {
        if !link.has_uses_left() {
            return Err(Refusal::NotFound);
        }
        let shared_with = match link.terms.audience {
            Audience::Anyone => None,
            Audience::Shared => Some(self.shared_with(link, browser).await?),
        };
        self.check_password(link, knock.password).await?;
        if link.terms.max_uses.is_some() && !knock.open {
            return Err(Refusal::Denied {
                code: "confirm_needed",
                message: "opening this link counts; say that you mean it",
            });
        }
        Ok(shared_with)
    }

    async fn check_password(&self, link: &LinkRow, said: Option<&str>) -> Result<(), Refusal> {
        let Some(password) = &link.terms.password else { return Ok(()) };
        let said = said.ok_or(Refusal::Denied {
            code: "password_needed",
            message: "this link has a password",
        })?;
        match self.passwords.verify(said, password.hash()).await? {
            true => Ok(()),
            false => Err(Refusal::Denied {
                code: "wrong_password",
                message: "this is not the password of the link",
            }),
        }
    }

    /// As whom the browser has the note without the link.
    async fn shared_with(
        &self,
        link: &LinkRow,
        browser: Option<&Browser>,
    ) -> Result<PrincipalId, Refusal> {
        let caller = browser.map_or_else(|| Caller::new(link.project, Vec::new()), Browser::caller);
        let own = caller.claims.iter().filter(|claim| !matches!(claim, Claim::Link { .. }));
        // What another link gives them is not what they were given.
        let by_it = own.map(|own| Claim::Link { link: link.id, guest: own.principal() });
        let by_it = Caller { claims: by_it.collect(), ..caller.clone() };
        match self.access.right(&by_it, link.document).await? {
            Some(right) => Ok(right.principal),
            None => Err(self.how_asked(link, &by_it).await?),
        }
    }

    async fn how_asked(&self, link: &LinkRow, caller: &Caller) -> Result<Refusal, Refusal> {
        let facts: Vec<Fact> = self.facts(StreamId::document(link.document)).await?;
        let requests = Document::after(&facts).requests;
        let (code, message) = match caller.principals().find_map(|own| requests.get(&own)) {
            None => {
                ("ask_for_access", "this note is for those whom it is shared with; ask its owner")
            }
            Some(RequestState::Open) => ("access_asked", "an owner of the note has been asked"),
            Some(RequestState::Refused) => ("access_refused", "an owner of the note has said no"),
        };
        Ok(Refusal::Denied { code, message })
    }
}
