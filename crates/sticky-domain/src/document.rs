//! A document's decisions: what has happened to it, and what may happen next.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::access::{Level, Recipient};
use crate::event::Fact;
use crate::id::{LinkId, PrincipalId, ProjectId};

/// The most links a note keeps, turned-off ones included.
pub const MAX_LINKS: usize = 1_000;

/// A document as its stream tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    pub project: Option<ProjectId>,
    pub title: Option<String>,
    pub trashed: bool,
    pub purged: bool,
    pub links: BTreeMap<LinkId, LinkState>,
}

/// A link as its document's stream tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkState {
    pub level: Level,
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
    CreateLink {
        link: LinkId,
        level: Level,
        label: Option<String>,
    },
    RevokeLink {
        link: LinkId,
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
            Fact::LinkCreated { link, level, .. } => {
                self.links.insert(*link, LinkState { level: *level, revoked: false });
            }
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
            Command::CreateLink { link, level, label } => self.create_link(link, level, label),
            Command::RevokeLink { link } => self.revoke_link(link),
        }
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

    fn create_link(
        &self,
        link: LinkId,
        level: Level,
        label: Option<String>,
    ) -> Result<Vec<Fact>, Rejection> {
        self.refuse_in_trash()?;
        if level == Level::Owner {
            return Err(Rejection::LinkLevel);
        }
        if self.links.len() >= MAX_LINKS {
            return Err(Rejection::TooManyLinks);
        }
        Ok(vec![Fact::LinkCreated { link, level, label }])
    }

    fn revoke_link(&self, link: LinkId) -> Result<Vec<Fact>, Rejection> {
        let state = self.links.get(&link).ok_or(Rejection::NotFound)?;
        Ok(unless(state.revoked, Fact::LinkRevoked { link }))
    }

    fn refuse_in_trash(&self) -> Result<(), Rejection> {
        if self.trashed { Err(Rejection::InTrash) } else { Ok(()) }
    }
}

fn unless(already: bool, fact: Fact) -> Vec<Fact> {
    if already { Vec::new() } else { vec![fact] }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const PROJECT: ProjectId = ProjectId(Uuid::from_u128(1));
    const OWNER: PrincipalId = PrincipalId(Uuid::from_u128(2));
    const LINK: LinkId = LinkId(Uuid::from_u128(3));

    fn created() -> Fact {
        Fact::DocumentCreated { project: PROJECT, title: None }
    }

    fn purged() -> Fact {
        Fact::DocumentPurged { project: PROJECT, links: Vec::new() }
    }

    fn link(level: Level) -> Fact {
        Fact::LinkCreated { link: LINK, level, label: None }
    }

    fn create() -> Command {
        Command::Create { project: PROJECT, title: None, owner: OWNER }
    }

    fn rename(title: &str) -> Command {
        Command::Rename { title: Some(title.to_owned()) }
    }

    fn renamed(title: &str) -> Fact {
        Fact::DocumentRenamed { title: Some(title.to_owned()) }
    }

    fn new_link(level: Level) -> Command {
        Command::CreateLink { link: LINK, level, label: None }
    }

    #[test]
    fn given_when_then() {
        let owner = Fact::PermissionGranted {
            recipient: Recipient::Principal(OWNER),
            level: Level::Owner,
            replaces: None,
        };
        let trashed = Fact::DocumentTrashed {};
        type Row = (&'static str, Vec<Fact>, Command, Result<Vec<Fact>, Rejection>);
        let table: Vec<Row> = vec![
            ("create", vec![], create(), Ok(vec![created(), owner])),
            ("create twice", vec![created()], create(), Err(Rejection::Exists)),
            ("rename nothing", vec![], rename("a"), Err(Rejection::NotFound)),
            ("rename", vec![created()], rename("a"), Ok(vec![renamed("a")])),
            ("rename to the same", vec![created(), renamed("a")], rename("a"), Ok(vec![])),
            (
                "rename in the trash",
                vec![created(), trashed.clone()],
                rename("a"),
                Err(Rejection::InTrash),
            ),
            ("trash", vec![created()], Command::Trash, Ok(vec![trashed.clone()])),
            ("trash twice", vec![created(), trashed.clone()], Command::Trash, Ok(vec![])),
            (
                "restore",
                vec![created(), trashed.clone()],
                Command::Restore,
                Ok(vec![Fact::DocumentRestored {}]),
            ),
            ("restore a live one", vec![created()], Command::Restore, Ok(vec![])),
            ("purge", vec![created(), trashed.clone()], Command::Purge, Ok(vec![purged()])),
            ("purge a live one", vec![created()], Command::Purge, Err(Rejection::NotInTrash)),
            ("purge twice", vec![purged()], Command::Purge, Err(Rejection::NotFound)),
            ("restore a purged one", vec![purged()], Command::Restore, Err(Rejection::NotFound)),
            ("make a purged one again", vec![purged()], create(), Err(Rejection::Exists)),
            ("link", vec![created()], new_link(Level::Viewer), Ok(vec![link(Level::Viewer)])),
            (
                "link that makes owners",
                vec![created()],
                new_link(Level::Owner),
                Err(Rejection::LinkLevel),
            ),
            (
                "link in the trash",
                vec![created(), trashed],
                new_link(Level::Editor),
                Err(Rejection::InTrash),
            ),
            (
                "revoke",
                vec![created(), link(Level::Editor)],
                Command::RevokeLink { link: LINK },
                Ok(vec![Fact::LinkRevoked { link: LINK }]),
            ),
            (
                "revoke twice",
                vec![created(), link(Level::Editor), Fact::LinkRevoked { link: LINK }],
                Command::RevokeLink { link: LINK },
                Ok(vec![]),
            ),
            (
                "revoke another's",
                vec![created()],
                Command::RevokeLink { link: LINK },
                Err(Rejection::NotFound),
            ),
        ];
        for (name, given, when, then) in table {
            assert_eq!(Document::after(&given).decide(when), then, "{name}");
        }
    }
}
