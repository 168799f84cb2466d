use std::collections::HashMap;

use uuid::Uuid;

use super::documents::actor;
use super::{Ports, Projector, Refusal};
use crate::access::{Caller, Level, Right};
use crate::document::{Command, Document, LinkChange};
use crate::event::Fact;
use crate::id::{DocumentId, LinkId};
use crate::link::LinkTerms;
use crate::password::Password;
use crate::port::LinkRow;
use crate::projection::{LinkUse, Projection};
use crate::stream::StreamId;
use crate::time::Timestamp;
use crate::username::check_password;

/// The longest label of a link in Unicode scalar values.
const MAX_LABEL: usize = 80;

/// Making, listing and turning off share links. Owners only.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Links {
    ports: Ports,
    projector: Projector,
}

impl Links {
    pub fn new(ports: Ports, projector: Projector) -> Self {
        Self { ports, projector }
    }

    /// Makes a link that lets whoever holds it, and knows its password if there is one, read or edit.
    pub async fn create(
        &self,
        caller: &Caller,
        document: DocumentId,
        terms: LinkTerms,
        password: Option<&str>,
        correlation: Option<Uuid>,
    ) -> Result<LinkRow, Refusal> {
        let link = LinkId(self.ports.ids.id());
        let label = parse_label(terms.label.as_deref())?;
        self.check_limits(terms.expires_at, terms.max_uses)?;
        let right = self.ports.authorise(caller, document, Level::Owner).await?;
        let password = self.hashed(password).await?;
        let command = Command::CreateLink { link, terms: LinkTerms { label, password, ..terms } };
        self.command(&right, document, command, correlation).await?;
        self.ports.read.link(link).await?.ok_or(Refusal::NotFound)
    }

    /// Changes a link while it is open. Whoever is in by it is held to the new terms at once. A `password` of
    /// `Some(None)` takes it away.
    pub async fn change(
        &self,
        caller: &Caller,
        (document, link): (DocumentId, LinkId),
        change: LinkChange,
        password: Option<Option<&str>>,
        correlation: Option<Uuid>,
    ) -> Result<LinkRow, Refusal> {
        self.check_limits(change.expires_at.flatten(), change.max_uses.flatten())?;
        let label = change.label.map(|label| parse_label(label.as_deref())).transpose()?;
        let right = self.ports.authorise(caller, document, Level::Owner).await?;
        let password = match password {
            Some(password) => Some(self.hashed(password).await?),
            None => None,
        };
        let change = LinkChange { label, password, ..change };
        self.command(&right, document, Command::ChangeLink { link, change }, correlation).await?;
        self.ports.read.link(link).await?.ok_or(Refusal::NotFound)
    }

    async fn hashed(&self, password: Option<&str>) -> Result<Option<Password>, Refusal> {
        let Some(password) = password else { return Ok(None) };
        check_password(password, "")?;
        Ok(Some(Password::hashed(self.ports.passwords.hash(password).await?)))
    }

    fn check_limits(
        &self,
        expires_at: Option<Timestamp>,
        max_uses: Option<u32>,
    ) -> Result<(), Refusal> {
        if expires_at.is_some_and(|end| end <= self.ports.clock.now()) {
            return Err(Refusal::invalid("expires_at_invalid", "a link ends in the future"));
        }
        if max_uses == Some(0) {
            return Err(Refusal::invalid("max_uses_invalid", "a link lets in at least one"));
        }
        Ok(())
    }

    /// The links of a note, newest first, turned-off ones included, and what was done through each.
    pub async fn list(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Vec<(LinkRow, LinkUse)>, Refusal> {
        self.ports.authorise(caller, document, Level::Owner).await?;
        let uses = self.uses(document).await?;
        let links = self.ports.read.links(document).await?;
        let with_use = |link: LinkRow| {
            let used = uses.get(&link.id).copied().unwrap_or_default();
            (link, used)
        };
        Ok(links.into_iter().map(with_use).collect())
    }

    /// What was done through one link of a note. Owners see it.
    pub async fn used(&self, link: &LinkRow) -> Result<LinkUse, Refusal> {
        let uses = self.uses(link.document).await?;
        Ok(uses.get(&link.id).copied().unwrap_or_default())
    }

    async fn uses(&self, document: DocumentId) -> Result<HashMap<LinkId, LinkUse>, Refusal> {
        self.projector.catch_up_for_reader(Projection::Links).await?;
        Ok(self.ports.read.link_uses(document).await?.into_iter().collect())
    }

    /// Turns a link off for good. Done twice it is done once.
    pub async fn revoke(
        &self,
        caller: &Caller,
        document: DocumentId,
        link: LinkId,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise(caller, document, Level::Owner).await?;
        self.command(&right, document, Command::RevokeLink { link }, correlation).await
    }

    async fn command(
        &self,
        right: &Right,
        document: DocumentId,
        command: Command,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let decide = |facts: &[Fact]| Ok(Document::after(facts).decide(command.clone())?);
        self.ports
            .decide(StreamId::document(document), actor(right, correlation), &right.fence, decide)
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
