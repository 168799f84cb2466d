use uuid::Uuid;

use super::documents::actor;
use super::permissions::refuse_deleted;
use super::{Ports, Refusal};
use crate::access::{Caller, Level};
use crate::document::{Command, Document};
use crate::event::{Actor, Fact, Via};
use crate::id::{DocumentId, LinkId, PrincipalId};
use crate::link::Audience;
use crate::port::{LinkRow, RequestRow};
use crate::stream::StreamId;

/// The longest message in Unicode scalar values.
const MAX_MESSAGE: usize = 280;

/// Asking for access, and answering.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Requests {
    ports: Ports,
}

impl Requests {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Asks the owners of the note that a link leads to. The link's signature has been verified. Done twice it is done once.
    pub async fn ask(
        &self,
        by: PrincipalId,
        link: LinkId,
        message: Option<&str>,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let document = self.about(link).await?;
        let ask = Command::RequestAccess { by, link, message: parse_message(message)? };
        let actor = Actor { principal: by, via: Via::Direct, correlation };
        let decide = |facts: &[Fact]| Ok(Document::after(facts).decide(ask.clone())?);
        match self.ports.decide(StreamId::document(document), actor, &[], decide).await {
            // Whoever is outside does not learn what becomes of the note.
            Err(Refusal::InTrash) => Err(Refusal::NotFound),
            asked => asked.map(drop),
        }
    }

    /// The note that a link leads to, if it is one to ask for.
    pub async fn about(&self, link: LinkId) -> Result<DocumentId, Refusal> {
        let now = self.ports.clock.now();
        let asks = |row: &LinkRow| row.is_open(now) && row.terms.audience == Audience::Shared;
        Ok(self.ports.open_link(link, asks).await?.0.document)
    }

    /// Who waits for an answer, the first to ask first. Owners see it.
    pub async fn list(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Vec<RequestRow>, Refusal> {
        self.ports.authorise(caller, document, Level::Owner).await?;
        Ok(self.ports.directory.requests(document).await?)
    }

    /// Says yes, or no. Owners may.
    pub async fn answer(
        &self,
        caller: &Caller,
        document: DocumentId,
        by: PrincipalId,
        level: Option<Level>,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise_live(caller, document, Level::Owner).await?;
        if level.is_some() {
            let facts = self.ports.facts(StreamId::document(document)).await?;
            let asker = Document::after(&facts).asker(by);
            refuse_deleted(self.ports.accounts.account(asker).await?.as_ref())?;
        }
        let answer = Command::AnswerAccess { by, level };
        let decide = |facts: &[Fact]| Ok(Document::after(facts).decide(answer.clone())?);
        self.ports
            .decide(StreamId::document(document), actor(&right, correlation), &right.fence, decide)
            .await
            .map(drop)
    }
}

fn parse_message(message: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(message) = message.map(str::trim).filter(|message| !message.is_empty()) else {
        return Ok(None);
    };
    let is_shown = |c: char| !c.is_control() || c == '\n';
    if message.chars().count() > MAX_MESSAGE || !message.chars().all(is_shown) {
        let detail = format!(
            "a message has at most {MAX_MESSAGE} characters, none of them a control character"
        );
        return Err(Refusal::invalid("message_invalid", detail));
    }
    Ok(Some(message.to_owned()))
}
