//! Who is in a group or a project, and as what.

use std::collections::BTreeMap;

use crate::access::{Recipient, Role};
use crate::event::Fact;

/// The members of a group or a project as its stream tells them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members(pub BTreeMap<Recipient, Role>);

impl Members {
    pub(crate) fn evolve(&mut self, fact: &Fact) {
        match fact {
            Fact::MemberAdded { member, role } | Fact::MemberRoleChanged { member, role, .. } => {
                self.0.insert(*member, *role);
            }
            Fact::MemberRemoved { member } => {
                self.0.remove(member);
            }
            _ => {}
        }
    }

    /// Whether this is the only person who owns it. A group may be empty, so it does not count.
    fn is_last_owner(&self, member: Recipient) -> bool {
        let owns = |(recipient, role): (&Recipient, &Role)| {
            *role == Role::Owner && matches!(recipient, Recipient::Principal(_))
        };
        let mut owners = self.0.iter().filter(|entry| owns(*entry)).map(|(recipient, _)| recipient);
        owners.next() == Some(&member) && owners.next().is_none()
    }

    /// What makes `member` be in it as `role`.
    pub(crate) fn put(&self, member: Recipient, role: Role) -> Result<Vec<Fact>, LastOwner> {
        match self.0.get(&member) {
            None => Ok(vec![Fact::MemberAdded { member, role }]),
            Some(before) if *before == role => Ok(Vec::new()),
            Some(_) if role < Role::Owner && self.is_last_owner(member) => Err(LastOwner),
            Some(before) => Ok(vec![Fact::MemberRoleChanged { member, role, replaces: *before }]),
        }
    }

    /// What takes `member` out of it.
    pub(crate) fn remove(&self, member: Recipient) -> Result<Vec<Fact>, LastOwner> {
        match self.0.get(&member) {
            None => Ok(Vec::new()),
            Some(_) if self.is_last_owner(member) => Err(LastOwner),
            Some(_) => Ok(vec![Fact::MemberRemoved { member }]),
        }
    }
}

/// There would be no owner left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastOwner;
