use uuid::Uuid;

use super::documents::actor;
use super::{Ports, Refusal};
use crate::access::{Caller, Level};
use crate::document::{Command, Document};
use crate::event::Fact;
use crate::id::{DocumentId, LinkId};
use crate::link::LinkTerms;
use crate::port::LinkRow;
use crate::stream::StreamId;

/// The longest label of a link in Unicode scalar values.
const MAX_LABEL: usize = 80;

/// Making, listing and turning off share links. Owners only.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Links {
    ports: Ports,
}

impl Links {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Makes a link that lets whoever holds it read or edit.
    pub async fn create(
        &self,
        caller: &Caller,
        document: DocumentId,
        level: Level,
        label: Option<&str>,
        correlation: Option<Uuid>,
    ) -> Result<LinkRow, Refusal> {
        let link = LinkId(self.ports.ids.id());
        let terms = LinkTerms { label: parse_label(label)?, ..LinkTerms::open(level) };
        let command = Command::CreateLink { link, terms };
        self.command(caller, document, command, correlation).await?;
        self.ports.read.link(link).await?.ok_or(Refusal::NotFound)
    }

    /// The links of a note, newest first, turned-off ones included.
    pub async fn list(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Vec<LinkRow>, Refusal> {
        self.ports.authorise(caller, document, Level::Owner).await?;
        Ok(self.ports.read.links(document).await?)
    }

    /// Turns a link off for good. Done twice it is done once.
    pub async fn revoke(
        &self,
        caller: &Caller,
        document: DocumentId,
        link: LinkId,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        self.command(caller, document, Command::RevokeLink { link }, correlation).await
    }

    async fn command(
        &self,
        caller: &Caller,
        document: DocumentId,
        command: Command,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise(caller, document, Level::Owner).await?;
        let decide = |facts: &[Fact]| Ok(Document::after(facts).decide(command.clone())?);
        self.ports
            .decide(StreamId::document(document), actor(&right, correlation), &right.fence, decide)
            .await
            .map(drop)
    }
}

/// A label as it is stored: trimmed, and none when blank.
pub(super) fn parse_label(label: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(label) = label.map(str::trim).filter(|label| !label.is_empty()) else {
        return Ok(None);
    };
    if label.chars().count() > MAX_LABEL {
        return Err(Refusal::invalid(
            "label_too_long",
            format!("a label has at most {MAX_LABEL} characters"),
        ));
    }
    if label.chars().any(char::is_control) {
        return Err(Refusal::invalid("label_invalid", "a label has no control characters"));
    }
    Ok(Some(label.to_owned()))
}
