//! A project's decisions: what it is called and who is in it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::access::{Recipient, Role};
use crate::event::Fact;
use crate::id::PrincipalId;
use crate::membership::{LastOwner, Members};

/// The most members that a group or a project has.
pub const MAX_MEMBERS: usize = 10_000;

/// Whose project it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectKind {
    /// One person's own. Nobody else is in it.
    Personal,
    #[default]
    Team,
}

impl ProjectKind {
    /// The word used in every protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Team => "team",
        }
    }

    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Personal, Self::Team].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A project as its stream tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    pub name: Option<String>,
    pub kind: ProjectKind,
    pub members: Members,
}

/// What someone wants to happen to a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectCommand {
    Create { name: String, kind: ProjectKind, owner: PrincipalId },
    Rename { name: String },
    Put { member: Recipient, role: Role },
    Remove { member: Recipient },
}

/// Why it does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProjectRejection {
    #[error("there is no such project")]
    NotFound,
    #[error("there is a project with this id already")]
    Exists,
    #[error("a personal project has one member")]
    Personal,
    #[error("the last owner of a project stays its owner; make someone else an owner first")]
    LastOwner,
    #[error("a project has at most {MAX_MEMBERS} members")]
    TooManyMembers,
}

impl Project {
    /// The project after these facts.
    pub fn after<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        facts.into_iter().fold(Self::default(), Self::evolve)
    }

    fn evolve(mut self, fact: &Fact) -> Self {
        match fact {
            Fact::ProjectCreated { name, kind } => {
                self.name = Some(name.clone());
                self.kind = *kind;
            }
            Fact::ProjectRenamed { name } => self.name = Some(name.clone()),
            other => self.members.evolve(other),
        }
        self
    }

    /// The facts that `command` makes true; none when it is true already.
    pub fn decide(&self, command: ProjectCommand) -> Result<Vec<Fact>, ProjectRejection> {
        if let ProjectCommand::Create { name, kind, owner } = command {
            return self.create(name, kind, owner);
        }
        let current = self.name.as_ref().ok_or(ProjectRejection::NotFound)?;
        match command {
            ProjectCommand::Create { .. } => unreachable!("handled above"),
            ProjectCommand::Rename { name } if name == *current => Ok(Vec::new()),
            ProjectCommand::Rename { name } => Ok(vec![Fact::ProjectRenamed { name }]),
            ProjectCommand::Put { member, role } => self.put(member, role),
            ProjectCommand::Remove { member } => Ok(self.members.remove(member)?),
        }
    }

    fn create(
        &self,
        name: String,
        kind: ProjectKind,
        owner: PrincipalId,
    ) -> Result<Vec<Fact>, ProjectRejection> {
        if self.name.is_some() {
            return Err(ProjectRejection::Exists);
        }
        let member = Recipient::Principal(owner);
        Ok(vec![
            Fact::ProjectCreated { name, kind },
            Fact::MemberAdded { member, role: Role::Owner },
        ])
    }

    fn put(&self, member: Recipient, role: Role) -> Result<Vec<Fact>, ProjectRejection> {
        let is_new = !self.members.0.contains_key(&member);
        if is_new && self.kind == ProjectKind::Personal {
            return Err(ProjectRejection::Personal);
        }
        if is_new && self.members.0.len() >= MAX_MEMBERS {
            return Err(ProjectRejection::TooManyMembers);
        }
        Ok(self.members.put(member, role)?)
    }
}

impl From<LastOwner> for ProjectRejection {
    fn from(LastOwner: LastOwner) -> Self {
        Self::LastOwner
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::GroupId;

    const ANA: Recipient = Recipient::Principal(PrincipalId(Uuid::from_u128(1)));
    const BEN: Recipient = Recipient::Principal(PrincipalId(Uuid::from_u128(2)));
    const TEAM: Recipient = Recipient::Group(GroupId(Uuid::from_u128(3)));

    fn created(kind: ProjectKind) -> Vec<Fact> {
        vec![
            Fact::ProjectCreated { name: "Garden".to_owned(), kind },
            Fact::MemberAdded { member: ANA, role: Role::Owner },
        ]
    }

    fn and(mut given: Vec<Fact>, fact: Fact) -> Vec<Fact> {
        given.push(fact);
        given
    }

    #[test]
    fn given_when_then() {
        let team = || created(ProjectKind::Team);
        let create = ProjectCommand::Create {
            name: "Garden".to_owned(),
            kind: ProjectKind::Team,
            owner: PrincipalId(Uuid::from_u128(1)),
        };
        let rename = |name: &str| ProjectCommand::Rename { name: name.to_owned() };
        let put = |member, role| ProjectCommand::Put { member, role };
        let remove = |member| ProjectCommand::Remove { member };
        let added = |member, role| Fact::MemberAdded { member, role };
        let changed = |member, role, replaces| Fact::MemberRoleChanged { member, role, replaces };
        type Row = (&'static str, Vec<Fact>, ProjectCommand, Result<Vec<Fact>, ProjectRejection>);
        let table: Vec<Row> = vec![
            ("create", vec![], create.clone(), Ok(team())),
            ("create twice", team(), create, Err(ProjectRejection::Exists)),
            ("rename nothing", vec![], rename("x"), Err(ProjectRejection::NotFound)),
            (
                "rename",
                team(),
                rename("x"),
                Ok(vec![Fact::ProjectRenamed { name: "x".to_owned() }]),
            ),
            ("rename to the same", team(), rename("Garden"), Ok(vec![])),
            ("add", team(), put(BEN, Role::Member), Ok(vec![added(BEN, Role::Member)])),
            ("add a group", team(), put(TEAM, Role::Viewer), Ok(vec![added(TEAM, Role::Viewer)])),
            (
                "add to a personal one",
                created(ProjectKind::Personal),
                put(BEN, Role::Guest),
                Err(ProjectRejection::Personal),
            ),
            (
                "change",
                and(team(), added(BEN, Role::Member)),
                put(BEN, Role::Viewer),
                Ok(vec![changed(BEN, Role::Viewer, Role::Member)]),
            ),
            (
                "change nothing",
                and(team(), added(BEN, Role::Member)),
                put(BEN, Role::Member),
                Ok(vec![]),
            ),
            (
                "lower the last owner",
                team(),
                put(ANA, Role::Admin),
                Err(ProjectRejection::LastOwner),
            ),
            ("remove the last owner", team(), remove(ANA), Err(ProjectRejection::LastOwner)),
            (
                "a group is no owner that a project can rest on",
                and(team(), added(TEAM, Role::Owner)),
                remove(ANA),
                Err(ProjectRejection::LastOwner),
            ),
            (
                "remove one of two owners",
                and(team(), added(BEN, Role::Owner)),
                remove(ANA),
                Ok(vec![Fact::MemberRemoved { member: ANA }]),
            ),
            ("remove a stranger", team(), remove(BEN), Ok(vec![])),
        ];
        for (name, given, when, then) in table {
            assert_eq!(Project::after(&given).decide(when), then, "{name}");
        }
    }
}
