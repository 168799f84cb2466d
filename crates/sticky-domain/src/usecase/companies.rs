use uuid::Uuid;

use super::permissions::Named;
use super::{Ports, Refusal};
use crate::access::{Caller, Claim, Company, Recipient, Role, Standing};
use crate::event::{Actor, Fact, Via};
use crate::fence::KeyVersion;
use crate::group::{Group, GroupCommand};
use crate::id::{GroupId, PrincipalId, ProjectId};
use crate::name;
use crate::port::{GroupRow, MemberRow, PrincipalKind, ProjectRow};
use crate::project::{Project, ProjectCommand, ProjectKind};
use crate::stream::StreamId;

/// Projects and groups, and who is in them.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Companies {
    ports: Ports,
}

/// A project or a group, and what the caller is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T> {
    pub row: T,
    pub role: Role,
}

impl Companies {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Makes a team's project, which the caller owns. Whoever is held to one project makes no other.
    pub async fn create_project(
        &self,
        caller: &Caller,
        name: &str,
        correlation: Option<Uuid>,
    ) -> Result<ProjectRow, Refusal> {
        let (owner, via) = self.founder(caller).await?;
        if caller.project.is_some() {
            return Err(Refusal::Forbidden);
        }
        let project = ProjectId(self.ports.ids.id());
        let name = name::parse(name)?;
        let create = ProjectCommand::Create { name, kind: ProjectKind::Team, owner };
        let actor = Actor { principal: owner, via, correlation };
        self.decide(Company::Project(project), actor, &[], &Change::Project(create)).await?;
        self.ports.directory.project(project).await?.ok_or(Refusal::NotFound)
    }

    /// Makes a group in the chosen project, or in the caller's own. Whoever manages the project may.
    pub async fn create_group(
        &self,
        caller: &Caller,
        name: &str,
        correlation: Option<Uuid>,
    ) -> Result<GroupRow, Refusal> {
        let (by, via) = self.founder(caller).await?;
        let project = caller.project.unwrap_or(caller.home);
        let standing = self.manager(caller, Company::Project(project)).await?;
        let group = GroupId(self.ports.ids.id());
        let create = GroupCommand::Create { project, name: name::parse(name)?, by };
        let actor = Actor { principal: by, via, correlation };
        let change = Change::Group(create);
        self.decide(Company::Group(group), actor, &standing.fence, &change).await?;
        self.ports.directory.group(group).await?.ok_or(Refusal::NotFound)
    }

    /// The projects that the caller is in.
    pub async fn projects(&self, caller: &Caller) -> Result<Vec<ProjectRow>, Refusal> {
        let rows = self.ports.directory.projects_of(&own(caller)).await?;
        let is_seen = |row: &ProjectRow| caller.project.is_none_or(|chosen| chosen == row.id);
        Ok(rows.into_iter().filter(is_seen).collect())
    }

    /// The groups that the caller is in, and those of the projects that they manage.
    pub async fn groups(&self, caller: &Caller) -> Result<Vec<GroupRow>, Refusal> {
        let rows = self.ports.directory.groups_of(&own(caller)).await?;
        let is_seen = |row: &GroupRow| caller.project.is_none_or(|chosen| chosen == row.project);
        Ok(rows.into_iter().filter(is_seen).collect())
    }

    /// A project that the caller is in.
    pub async fn project(
        &self,
        caller: &Caller,
        project: ProjectId,
    ) -> Result<Seen<ProjectRow>, Refusal> {
        let standing = self.standing(caller, Company::Project(project)).await?;
        let row = self.ports.directory.project(project).await?.ok_or(Refusal::NotFound)?;
        Ok(Seen { row, role: standing.role })
    }

    /// A group that the caller is in, or whose project they are in.
    pub async fn group(&self, caller: &Caller, group: GroupId) -> Result<Seen<GroupRow>, Refusal> {
        let standing = self.standing(caller, Company::Group(group)).await?;
        let row = self.ports.directory.group(group).await?.ok_or(Refusal::NotFound)?;
        Ok(Seen { row, role: standing.role })
    }

    /// Gives it another name. Whoever manages it may.
    pub async fn rename(
        &self,
        caller: &Caller,
        company: Company,
        name: &str,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let name = name::parse(name)?;
        let change = match company {
            Company::Project(_) => Change::Project(ProjectCommand::Rename { name }),
            Company::Group(_) => Change::Group(GroupCommand::Rename { name }),
        };
        self.managed(caller, company, &change, correlation).await
    }

    /// Deletes a group for good: what it was given, its members have no longer.
    pub async fn delete_group(
        &self,
        caller: &Caller,
        group: GroupId,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let change = Change::Group(GroupCommand::Delete);
        self.managed(caller, Company::Group(group), &change, correlation).await
    }

    /// Who is in it, the highest role first. Whoever is in it sees them; guests of a project see nobody.
    pub async fn members(
        &self,
        caller: &Caller,
        company: Company,
    ) -> Result<Vec<MemberRow>, Refusal> {
        let standing = self.standing(caller, company).await?;
        if standing.role == Role::Guest {
            return Err(Refusal::Forbidden);
        }
        Ok(self.ports.directory.members(company).await?)
    }

    /// Takes someone in, or gives them another role. Nobody gives, or takes from others, more than they are themselves.
    pub async fn put_member(
        &self,
        caller: &Caller,
        company: Company,
        member: &Named,
        role: Role,
        correlation: Option<Uuid>,
    ) -> Result<MemberRow, Refusal> {
        let standing = self.manager(caller, company).await?;
        let member = self.ports.recipient(caller, member).await?;
        let before = self.member(company, member).await?;
        let highest = before.map_or(role, |before| before.role.max(role));
        if highest > standing.role {
            return Err(Refusal::Forbidden);
        }
        let change = match company {
            Company::Project(_) => Change::Project(ProjectCommand::Put { member, role }),
            Company::Group(_) => Change::Group(GroupCommand::Put { member, role }),
        };
        self.decide(company, actor(&standing, correlation), &standing.fence, &change).await?;
        self.member(company, member).await?.ok_or(Refusal::Conflict)
    }

    /// Takes someone out. Whoever manages it may; everyone may leave. Done twice it is done once.
    pub async fn remove_member(
        &self,
        caller: &Caller,
        company: Company,
        member: Uuid,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let standing = self.standing(caller, company).await?;
        let leaves = standing.principal.0 == member;
        if !caller.at_most.may_write() || !leaves && !standing.role.manages() {
            return Err(Refusal::Forbidden);
        }
        let rows = self.ports.directory.members(company).await?;
        let Some(row) = rows.into_iter().find(|row| row.member.parts().1 == member) else {
            return Ok(());
        };
        if !leaves && row.role > standing.role {
            return Err(Refusal::Forbidden);
        }
        let member = row.member;
        let change = match company {
            Company::Project(_) => Change::Project(ProjectCommand::Remove { member }),
            Company::Group(_) => Change::Group(GroupCommand::Remove { member }),
        };
        self.decide(company, actor(&standing, correlation), &standing.fence, &change).await
    }

    async fn member(
        &self,
        company: Company,
        member: Recipient,
    ) -> Result<Option<MemberRow>, Refusal> {
        let rows = self.ports.directory.members(company).await?;
        Ok(rows.into_iter().find(|row| row.member == member))
    }

    /// Who makes something new: not a guest, who may be gone tomorrow.
    async fn founder(&self, caller: &Caller) -> Result<(PrincipalId, Via), Refusal> {
        let (principal, via) = caller.author().ok_or(Refusal::Forbidden)?;
        let row = self.ports.read.principal(principal).await?;
        match row.map(|row| row.kind) {
            Some(PrincipalKind::Guest) | None => Err(Refusal::Forbidden),
            Some(_) if !caller.at_most.may_write() => Err(Refusal::Forbidden),
            Some(_) => Ok((principal, via)),
        }
    }

    async fn standing(&self, caller: &Caller, company: Company) -> Result<Standing, Refusal> {
        self.ports.access.role(caller, company).await?.ok_or(Refusal::NotFound)
    }

    async fn manager(&self, caller: &Caller, company: Company) -> Result<Standing, Refusal> {
        let standing = self.standing(caller, company).await?;
        let may = standing.role.manages() && caller.at_most.may_write();
        if may { Ok(standing) } else { Err(Refusal::Forbidden) }
    }

    async fn managed(
        &self,
        caller: &Caller,
        company: Company,
        change: &Change,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let standing = self.manager(caller, company).await?;
        self.decide(company, actor(&standing, correlation), &standing.fence, change).await
    }

    async fn decide(
        &self,
        company: Company,
        actor: Actor,
        fence: &[KeyVersion],
        change: &Change,
    ) -> Result<(), Refusal> {
        let stream = match company {
            Company::Project(id) => StreamId::project(id),
            Company::Group(id) => StreamId::group(id),
        };
        self.ports.decide(stream, actor, fence, |facts| change.decide(facts)).await.map(drop)
    }
}

/// What is to happen to a project or a group.
enum Change {
    Project(ProjectCommand),
    Group(GroupCommand),
}

impl Change {
    fn decide(&self, facts: &[Fact]) -> Result<Vec<Fact>, Refusal> {
        Ok(match self {
            Self::Project(command) => Project::after(facts).decide(command.clone())?,
            Self::Group(command) => Group::after(facts).decide(command.clone())?,
        })
    }
}

fn actor(standing: &Standing, correlation: Option<Uuid>) -> Actor {
    Actor { principal: standing.principal, via: standing.via, correlation }
}

/// Whom the caller is beside a guest of some link.
fn own(caller: &Caller) -> Vec<PrincipalId> {
    let links = |claim: &&Claim| !matches!(claim, Claim::Link { .. });
    caller.claims.iter().filter(links).map(Claim::principal).collect()
}
