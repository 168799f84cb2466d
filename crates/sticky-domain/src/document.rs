//! A document's decisions: what has happened to it, and what may happen next.

mod grants;
mod links;
mod requests;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::access::{Level, Recipient};
use crate::event::Fact;
use crate::id::{LinkId, PrincipalId, ProjectId};
use crate::link::LinkTerms;

pub use links::LinkChange;

/// The most links a note keeps, turned-off ones included.
pub const MAX_LINKS: usize = 1_000;
/// The most people and groups that a note is shared with.
pub const MAX_GRANTS: usize = 1_000;

/// The most people whose requests for access wait for an answer.
pub const MAX_REQUESTS: usize = 100;

/// A document as its stream tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    pub project: Option<ProjectId>,
    pub title: Option<String>,
    pub trashed: bool,
    pub purged: bool,
    pub grants: BTreeMap<Recipient, Level>,
    pub links: BTreeMap<LinkId, LinkState>,
    pub requests: BTreeMap<PrincipalId, RequestState>,
    /// Guests who asked and have turned out to be users since.
    heirs: BTreeMap<PrincipalId, PrincipalId>,
}

/// How a request for access stands. One that was granted is a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    Open,
    Refused,
}

/// A link as its document's stream tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkState {
    pub terms: LinkTerms,
    pub revoked: bool,
}

/// What someone wants to happen to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Create {
        project: ProjectId,
        title: Option<String>,
        owner: PrincipalId,
    },
    Rename {
        title: Option<String>,
    },
    Trash,
    Restore,
    /// Takes away for good what is in the trash.
    Purge,
    /// Gives the recipient this level, higher or lower than before.
    Grant {
        recipient: Recipient,
        level: Level,
    },
    Revoke {
        recipient: Recipient,
    },
    /// Makes `to` an owner; `from` keeps this level, or nothing.
    Transfer {
        from: Recipient,
        to: Recipient,
        keep: Option<Level>,
    },
    /// Makes `owner` the owner of a note whose owners have all left: `gone` is who has.
    Appoint {
        owner: Recipient,
        gone: BTreeSet<PrincipalId>,
    },
    /// Makes what is `from`'s the property of `to`, who is the same person.
    HandOver {
        from: PrincipalId,
        to: PrincipalId,
    },
    CreateLink {
        link: LinkId,
        terms: LinkTerms,
    },
    ChangeLink {
        link: LinkId,
        change: LinkChange,
    },
    RevokeLink {
        link: LinkId,
    },
    RequestAccess {
        by: PrincipalId,
        link: LinkId,
        message: Option<String>,
    },
    /// `None` is a no.
    AnswerAccess {
        by: PrincipalId,
        level: Option<Level>,
    },
}

/// Why it does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("there is no such note")]
    NotFound,
    #[error("there is a note with this id already")]
    Exists,
    #[error("the note is in the trash; restore it first")]
    InTrash,
    #[error("only what is in the trash is deleted for good")]
    NotInTrash,
    #[error("a link lets people read or edit; it does not make owners")]
    LinkLevel,
    #[error("a note has at most {MAX_LINKS} links")]
    TooManyLinks,
    #[error("so many people have asked already that nobody can any more")]
    TooManyRequests,
    #[error("an owner of the note has said no")]
    AccessRefused,
    #[error("the link is turned off")]
    LinkOff,
    #[error("the last owner of a note stays its owner; make someone else an owner first")]
    LastOwner,
    #[error("a note is shared with at most {MAX_GRANTS} people and groups")]
    TooManyGrants,
    #[error("the note has an owner, who can hand it over")]
    HasOwner,
}

impl Document {
    /// The document after these facts.
    pub fn after<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        facts.into_iter().fold(Self::default(), Self::evolve)
    }

    fn evolve(mut self, fact: &Fact) -> Self {
        match fact {
            Fact::DocumentCreated { project, title } => {
                self.project = Some(*project);
                self.title.clone_from(title);
            }
            Fact::DocumentRenamed { title } => self.title.clone_from(title),
            Fact::DocumentTrashed {} => self.trashed = true,
            Fact::DocumentRestored {} => self.trashed = false,
            Fact::DocumentPurged { .. } => return Self { purged: true, ..Self::default() },
            Fact::DocumentImported { project, .. } => self.project = Some(*project),
            Fact::PermissionGranted { recipient, level, .. } => {
                self.grants.insert(*recipient, *level);
            }
            Fact::PermissionRevoked { recipient } => {
                self.grants.remove(recipient);
            }
            Fact::LinkCreated { link, terms } => {
                self.links.insert(*link, LinkState { terms: terms.clone(), revoked: false });
            }
            Fact::LinkChanged { link, terms, .. } => {
                if let Some(state) = self.links.get_mut(link) {
                    state.terms.clone_from(terms);
                }
            }
            Fact::AccessRequested { by, .. } => {
                self.requests.insert(*by, RequestState::Open);
            }
            Fact::AccessAnswered { by, level: None } => {
                self.requests.insert(*by, RequestState::Refused);
            }
            Fact::AccessAnswered { by, level: Some(_) } => {
                self.requests.remove(by);
            }
            Fact::AccessRequestHandedOver { from, to } => self.inherit(*from, *to),
            Fact::LinkRevoked { link } => {
                if let Some(state) = self.links.get_mut(link) {
                    state.revoked = true;
                }
            }
            _ => {}
        }
        self
    }

    /// The facts that `command` makes true; none when it is true already.
    pub fn decide(&self, command: Command) -> Result<Vec<Fact>, Rejection> {
        if let Command::Create { project, title, owner } = command {
            return self.create(project, title, owner);
        }
        if self.project.is_none() {
            return Err(Rejection::NotFound);
        }
        match command {
            Command::Create { .. } => unreachable!("handled above"),
            Command::Rename { title } => self.rename(title),
            Command::Trash => Ok(unless(self.trashed, Fact::DocumentTrashed {})),
            Command::Restore => Ok(unless(!self.trashed, Fact::DocumentRestored {})),
            Command::Purge => self.purge(),
            Command::Grant { recipient, level } => self.grant(recipient, level),
            Command::Revoke { recipient } => self.revoke(recipient),
            Command::Transfer { from, to, keep } => self.transfer(from, to, keep),
            Command::Appoint { owner, gone } => self.appoint(owner, &gone),
            Command::HandOver { from, to } => Ok(self.hand_over(from, to)),
            Command::CreateLink { link, terms } => self.create_link(link, terms),
            Command::ChangeLink { link, change } => self.change_link(link, change),
            Command::RevokeLink { link } => self.revoke_link(link),
            Command::RequestAccess { by, link, message } => self.request(by, link, message),
            Command::AnswerAccess { by, level } => self.answer(by, level),
        }
    }

    /// The facts that all of the commands make true, one after the other; nothing of it unless each may be.
    pub fn decide_all(
        &self,
        commands: impl IntoIterator<Item = Command>,
    ) -> Result<Vec<Fact>, Rejection> {
        let (mut state, mut facts) = (self.clone(), Vec::new());
        for command in commands {
            let new = state.decide(command)?;
            state = new.iter().fold(state, Self::evolve);
            facts.extend(new);
        }
        Ok(facts)
    }

    fn create(
        &self,
        project: ProjectId,
        title: Option<String>,
        owner: PrincipalId,
    ) -> Result<Vec<Fact>, Rejection> {
        if self.project.is_some() || self.purged {
            return Err(Rejection::Exists);
        }
        let recipient = Recipient::Principal(owner);
        Ok(vec![
            Fact::DocumentCreated { project, title },
            Fact::PermissionGranted { recipient, level: Level::Owner, replaces: None },
        ])
    }

    fn purge(&self) -> Result<Vec<Fact>, Rejection> {
        match self.project {
            Some(project) if self.trashed => {
                let links = self.links.keys().copied().collect();
                Ok(vec![Fact::DocumentPurged { project, links }])
            }
            _ => Err(Rejection::NotInTrash),
        }
    }

    fn rename(&self, title: Option<String>) -> Result<Vec<Fact>, Rejection> {
        self.refuse_in_trash()?;
        Ok(unless(self.title == title, Fact::DocumentRenamed { title }))
    }

    fn refuse_in_trash(&self) -> Result<(), Rejection> {
        if self.trashed { Err(Rejection::InTrash) } else { Ok(()) }
    }
}

fn unless(already: bool, fact: Fact) -> Vec<Fact> {
    if already { Vec::new() } else { vec![fact] }
}
