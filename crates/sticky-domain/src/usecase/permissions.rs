use uuid::Uuid;

use super::documents::actor;
use super::{Ports, Refusal};
use crate::access::{Caller, Company, Level, Recipient};
use crate::document::{Command, Document};
use crate::event::Fact;
use crate::id::{DocumentId, GroupId, PrincipalId};
use crate::port::{AccountRow, GrantRow, PrincipalKind};
use crate::stream::StreamId;
use crate::username;

/// Sharing notes with people and groups.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Permissions {
    ports: Ports,
}

/// A person or a group, as a caller names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Principal(PrincipalId),
    Username(String),
    Group(GroupId),
}

impl Permissions {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Whom the note is given to, the highest level first. Owners see it.
    pub async fn list(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<Vec<GrantRow>, Refusal> {
        self.ports.authorise(caller, document, Level::Owner).await?;
        Ok(self.ports.directory.recipients(document).await?)
    }

    /// Gives someone a level on the note, higher or lower than before. Owners may. Says whether it is given anew.
    pub async fn grant(
        &self,
        caller: &Caller,
        document: DocumentId,
        to: &Named,
        level: Level,
        correlation: Option<Uuid>,
    ) -> Result<(GrantRow, bool), Refusal> {
        self.ports.authorise_live(caller, document, Level::Owner).await?;
        let recipient = self.ports.recipient(caller, to).await?;
        let before = self.row(document, recipient).await?;
        if before.is_none() && caller.principals().any(|own| Recipient::Principal(own) == recipient)
        {
            return Err(Refusal::conflict("recipient_is_caller", "it is yours to open already"));
        }
        let grant = Command::Grant { recipient, level };
        self.command(caller, document, Level::Owner, grant, correlation).await?;
        let row = self.row(document, recipient).await?.ok_or(Refusal::Conflict)?;
        Ok((row, before.is_none()))
    }

    /// Takes the note away from someone to whom it was given. Owners may; everyone may leave.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] when it was not given to them: what a link or a role gives is taken away there.
    pub async fn revoke(
        &self,
        caller: &Caller,
        document: DocumentId,
        recipient: Uuid,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise(caller, document, Level::Viewer).await?;
        let leaves = right.principal.0 == recipient;
        let needed = if leaves { Level::Viewer } else { Level::Owner };
        if right.level < needed || !caller.at_most.may_write() {
            return Err(Refusal::Forbidden);
        }
        let rows = self.ports.directory.recipients(document).await?;
        let Some(row) = rows.into_iter().find(|row| row.recipient.parts().1 == recipient) else {
            return Err(not_given());
        };
        let revoke = Command::Revoke { recipient: row.recipient };
        self.command(caller, document, needed, revoke, correlation).await
    }

    /// Makes someone else an owner in the caller's place; the caller keeps `keep`, or nothing.
    pub async fn transfer(
        &self,
        caller: &Caller,
        document: DocumentId,
        to: &Named,
        keep: Option<Level>,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise_live(caller, document, Level::Owner).await?;
        let to = self.ports.person(to).await?;
        let from = Recipient::Principal(right.principal);
        if to == from {
            return Err(Refusal::conflict("recipient_is_caller", "it is yours already"));
        }
        let transfer = Command::Transfer { from, to, keep };
        self.command(caller, document, Level::Owner, transfer, correlation).await
    }

    async fn row(
        &self,
        document: DocumentId,
        recipient: Recipient,
    ) -> Result<Option<GrantRow>, Refusal> {
        let rows = self.ports.directory.recipients(document).await?;
        Ok(rows.into_iter().find(|row| row.recipient == recipient))
    }

    async fn command(
        &self,
        caller: &Caller,
        document: DocumentId,
        needed: Level,
        command: Command,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise(caller, document, needed).await?;
        let decide = |facts: &[Fact]| Ok(Document::after(facts).decide(command.clone())?);
        self.ports
            .decide(StreamId::document(document), actor(&right, correlation), &right.fence, decide)
            .await
            .map(drop)
    }
}

impl Ports {
    /// Whom a caller means. Groups that the caller does not see are not there.
    pub(super) async fn recipient(
        &self,
        caller: &Caller,
        named: &Named,
    ) -> Result<Recipient, Refusal> {
        match named {
            Named::Group(group) => {
                let everywhere = Caller { project: None, ..caller.clone() };
                let standing = self.access.role(&everywhere, Company::Group(*group)).await?;
                standing.map(|_| Recipient::Group(*group)).ok_or_else(no_such_group)
            }
            Named::Principal(_) | Named::Username(_) => self.person(named).await,
        }
    }

    /// The person who is named.
    pub(super) async fn person(&self, named: &Named) -> Result<Recipient, Refusal> {
        match named {
            Named::Group(_) => {
                Err(Refusal::invalid("recipient_invalid", "a note is handed over to a person"))
            }
            Named::Principal(principal) => {
                let known = self.read.principal(*principal).await?.ok_or_else(no_such_user)?;
                if known.kind == PrincipalKind::User {
                    refuse_deleted(self.accounts.account(known.id).await?.as_ref())?;
                }
                Ok(Recipient::Principal(known.id))
            }
            Named::Username(username) => {
                let username = username::parse(username).map_err(|_| no_such_user())?;
                let row = self.accounts.account_named(&username).await?;
                refuse_deleted(row.as_ref())?;
                row.map(|row| Recipient::Principal(row.id)).ok_or_else(no_such_user)
            }
        }
    }
}

/// Nobody who is gone is given anything.
pub(super) fn refuse_deleted(row: Option<&AccountRow>) -> Result<(), Refusal> {
    match row {
        Some(row) if row.deleted_at.is_some() => Err(Refusal::recipient_deleted()),
        _ => Ok(()),
    }
}

fn no_such_user() -> Refusal {
    Refusal::Unknown { code: "no_such_user", message: "there is nobody of this name" }
}

fn not_given() -> Refusal {
    Refusal::Unknown {
        code: "no_such_permission",
        message: "the note was not given to anyone with this id; whom a link let in is removed there",
    }
}

fn no_such_group() -> Refusal {
    Refusal::Unknown { code: "no_such_group", message: "there is no such group" }
}
