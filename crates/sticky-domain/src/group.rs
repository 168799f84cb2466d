//! A group's decisions: what it is called and who is in it.

use thiserror::Error;

use crate::access::{Recipient, Role};
use crate::event::Fact;
use crate::id::{PrincipalId, ProjectId};
use crate::membership::Members;
use crate::project::MAX_MEMBERS;

/// A group as its stream tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    pub project: Option<ProjectId>,
    pub name: String,
    pub deleted: bool,
    pub members: Members,
}

/// What someone wants to happen to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupCommand {
    Create { project: ProjectId, name: String, by: PrincipalId },
    Rename { name: String },
    Delete,
    Put { member: Recipient, role: Role },
    Remove { member: Recipient },
}

/// Why it does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GroupRejection {
    #[error("there is no such group")]
    NotFound,
    #[error("there is a group with this id already")]
    Exists,
    #[error("in a group one is a member or an admin")]
    Role,
    #[error("a group has at most {MAX_MEMBERS} members")]
    TooManyMembers,
}

impl Group {
    /// The group after these facts.
    pub fn after<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        facts.into_iter().fold(Self::default(), Self::evolve)
    }

    fn evolve(mut self, fact: &Fact) -> Self {
        match fact {
            Fact::GroupCreated { project, name } => {
                self.project = Some(*project);
                self.name.clone_from(name);
            }
            Fact::GroupRenamed { name } => self.name.clone_from(name),
            Fact::GroupDeleted {} => {
                self.deleted = true;
                self.members.0.clear();
            }
            other => self.members.evolve(other),
        }
        self
    }

    /// The facts that `command` makes true; none when it is true already.
    pub fn decide(&self, command: GroupCommand) -> Result<Vec<Fact>, GroupRejection> {
        if let GroupCommand::Create { project, name, by } = command {
            return self.create(project, name, by);
        }
        match command {
            GroupCommand::Delete if self.deleted => Ok(Vec::new()),
            _ if self.project.is_none() || self.deleted => Err(GroupRejection::NotFound),
            GroupCommand::Create { .. } => unreachable!("handled above"),
            GroupCommand::Delete => Ok(vec![Fact::GroupDeleted {}]),
            GroupCommand::Rename { name } if name == self.name => Ok(Vec::new()),
            GroupCommand::Rename { name } => Ok(vec![Fact::GroupRenamed { name }]),
            GroupCommand::Put { member, role } => self.put(member, role),
            GroupCommand::Remove { member } if self.members.0.contains_key(&member) => {
                Ok(vec![Fact::MemberRemoved { member }])
            }
            GroupCommand::Remove { .. } => Ok(Vec::new()),
        }
    }

    fn create(
        &self,
        project: ProjectId,
        name: String,
        by: PrincipalId,
    ) -> Result<Vec<Fact>, GroupRejection> {
        if self.project.is_some() {
            return Err(GroupRejection::Exists);
        }
        let member = Recipient::Principal(by);
        Ok(vec![
            Fact::GroupCreated { project, name },
            Fact::MemberAdded { member, role: Role::Admin },
        ])
    }

    /// Nobody owns a group: whoever manages its project can always manage it.
    fn put(&self, member: Recipient, role: Role) -> Result<Vec<Fact>, GroupRejection> {
        if !matches!(role, Role::Member | Role::Admin) {
            return Err(GroupRejection::Role);
        }
        let is_new = !self.members.0.contains_key(&member);
        if is_new && self.members.0.len() >= MAX_MEMBERS {
            return Err(GroupRejection::TooManyMembers);
        }
        Ok(self.members.put(member, role).expect("a group has no owners to lose"))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const PROJECT: ProjectId = ProjectId(Uuid::from_u128(1));
    const ANA: Recipient = Recipient::Principal(PrincipalId(Uuid::from_u128(2)));
    const BEN: Recipient = Recipient::Principal(PrincipalId(Uuid::from_u128(3)));

    fn created() -> Vec<Fact> {
        vec![
            Fact::GroupCreated { project: PROJECT, name: "Cooks".to_owned() },
            Fact::MemberAdded { member: ANA, role: Role::Admin },
        ]
    }

    #[test]
    fn given_when_then() {
        let create = GroupCommand::Create {
            project: PROJECT,
            name: "Cooks".to_owned(),
            by: PrincipalId(Uuid::from_u128(2)),
        };
        let deleted = [created(), vec![Fact::GroupDeleted {}]].concat();
        let rename = |name: &str| GroupCommand::Rename { name: name.to_owned() };
        let put = |member, role| GroupCommand::Put { member, role };
        type Row = (&'static str, Vec<Fact>, GroupCommand, Result<Vec<Fact>, GroupRejection>);
        let table: Vec<Row> = vec![
            ("create", vec![], create.clone(), Ok(created())),
            ("create twice", created(), create, Err(GroupRejection::Exists)),
            (
                "rename",
                created(),
                rename("x"),
                Ok(vec![Fact::GroupRenamed { name: "x".to_owned() }]),
            ),
            ("rename to the same", created(), rename("Cooks"), Ok(vec![])),
            ("rename a deleted one", deleted.clone(), rename("x"), Err(GroupRejection::NotFound)),
            ("delete", created(), GroupCommand::Delete, Ok(vec![Fact::GroupDeleted {}])),
            ("delete twice", deleted.clone(), GroupCommand::Delete, Ok(vec![])),
            ("delete nothing", vec![], GroupCommand::Delete, Err(GroupRejection::NotFound)),
            (
                "add",
                created(),
                put(BEN, Role::Member),
                Ok(vec![Fact::MemberAdded { member: BEN, role: Role::Member }]),
            ),
            ("add an owner", created(), put(BEN, Role::Owner), Err(GroupRejection::Role)),
            ("add a viewer", created(), put(BEN, Role::Viewer), Err(GroupRejection::Role)),
            (
                "add to a deleted one",
                deleted,
                put(BEN, Role::Member),
                Err(GroupRejection::NotFound),
            ),
            (
                "change",
                created(),
                put(ANA, Role::Member),
                Ok(vec![Fact::MemberRoleChanged {
                    member: ANA,
                    role: Role::Member,
                    replaces: Role::Admin,
                }]),
            ),
            (
                "remove",
                created(),
                GroupCommand::Remove { member: ANA },
                Ok(vec![Fact::MemberRemoved { member: ANA }]),
            ),
            ("remove a stranger", created(), GroupCommand::Remove { member: BEN }, Ok(vec![])),
        ];
        for (name, given, when, then) in table {
            assert_eq!(Group::after(&given).decide(when), then, "{name}");
        }
    }
}
