use uuid::Uuid;

use super::{Ports, Refusal};
use crate::access::{Caller, Claim, Company, Role};
use crate::id::PrincipalId;

/// Whose lists a caller reads.
pub(super) struct Reach {
    /// Their own, those of the groups that they are in, and those of the links that they hold: what was given to them.
    /// What a link gives to a guest is in no list.
    pub(super) given: Vec<Uuid>,
    /// Those of the projects all of which they may read.
    pub(super) projects: Vec<Uuid>,
}

impl Ports {
    pub(super) async fn reach(&self, caller: &Caller) -> Result<Reach, Refusal> {
        if sees_everything(caller) {
            return Ok(Reach { given: Vec::new(), projects: vec![caller.home.0] });
        }
        let principals = own_principals(caller);
        let given = principals.iter().map(|principal| principal.0).collect();
        let mut reach = Reach { given, projects: Vec::new() };
        if !principals.is_empty() {
            for (company, role) in self.directory.memberships(&principals).await? {
                reach.add(company, role);
            }
            let held = self.directory.held_links(&principals, self.clock.now()).await?;
            reach.given.extend(held.iter().map(|link| link.0));
        }
        Ok(reach.sorted())
    }
}

impl Reach {
    /// All that they read.
    pub(super) fn all(self) -> Vec<Uuid> {
        [self.given, self.projects].concat()
    }

    fn add(&mut self, company: Company, role: Role) {
        match company {
            Company::Group(group) => self.given.push(group.0),
            Company::Project(project) if role.level().is_some() => self.projects.push(project.0),
            Company::Project(_) => {}
        }
    }

    /// Each once, and the same lists in the same order: pages are kept by them.
    fn sorted(mut self) -> Self {
        for lists in [&mut self.given, &mut self.projects] {
            lists.sort_unstable();
            lists.dedup();
        }
        self
    }
}

/// Whoever uses a server in local-dev without a credential.
pub(super) fn sees_everything(caller: &Caller) -> bool {
    caller.claims.iter().any(|claim| matches!(claim, Claim::LocalDev(_)))
}

fn own_principals(caller: &Caller) -> Vec<PrincipalId> {
    let own = caller.claims.iter().filter_map(|claim| match *claim {
        Claim::Principal(principal) | Claim::Token { principal, .. } => Some(principal),
        Claim::Link { .. } | Claim::LocalDev(_) => None,
    });
    own.collect()
}
