use std::collections::BTreeSet;

use super::{Document, MAX_GRANTS, Rejection, unless};
use crate::access::{Level, Recipient};
use crate::event::Fact;
use crate::id::PrincipalId;

impl Document {
    pub(super) fn grant(&self, recipient: Recipient, level: Level) -> Result<Vec<Fact>, Rejection> {
        self.refuse_in_trash()?;
        let replaces = self.grants.get(&recipient).copied();
        if replaces.is_none() && self.grants.len() >= MAX_GRANTS {
            return Err(Rejection::TooManyGrants);
        }
        if level < Level::Owner && self.is_last_owner(recipient) {
            return Err(Rejection::LastOwner);
        }
        let granted = Fact::PermissionGranted { recipient, level, replaces };
        Ok(unless(replaces == Some(level), granted))
    }

    pub(super) fn revoke(&self, recipient: Recipient) -> Result<Vec<Fact>, Rejection> {
        if self.is_last_owner(recipient) {
            return Err(Rejection::LastOwner);
        }
        let is_granted = self.grants.contains_key(&recipient);
        Ok(unless(!is_granted, Fact::PermissionRevoked { recipient }))
    }

    /// In the trash, too, and beyond all limits: there is no more than there was.
    pub(super) fn hand_over(&self, from: PrincipalId, to: PrincipalId) -> Vec<Fact> {
        let granted = self.hand_over_grant(from.into(), to.into());
        granted.into_iter().chain(self.hand_over_request(from, to)).collect()
    }

    fn hand_over_grant(&self, from: Recipient, to: Recipient) -> Vec<Fact> {
        let Some(level) = self.grants.get(&from).copied() else { return Vec::new() };
        let replaces = self.grants.get(&to).copied();
        let granted = Fact::PermissionGranted { recipient: to, level, replaces };
        let granted = (replaces < Some(level)).then_some(granted);
        granted.into_iter().chain([Fact::PermissionRevoked { recipient: from }]).collect()
    }

    pub(super) fn transfer(
        &self,
        from: Recipient,
        to: Recipient,
        keep: Option<Level>,
    ) -> Result<Vec<Fact>, Rejection> {
        let mut facts = self.grant(to, Level::Owner)?;
        let mut given = self.clone();
        given.grants.insert(to, Level::Owner);
        if self.grants.contains_key(&from) {
            facts.extend(match keep {
                Some(level) => given.grant(from, level)?,
                None => given.revoke(from)?,
            });
        }
        Ok(facts)
    }

    /// In the trash, too: whoever owns it can take it out.
    pub(super) fn appoint(
        &self,
        owner: Recipient,
        gone: &BTreeSet<PrincipalId>,
    ) -> Result<Vec<Fact>, Rejection> {
        if self.owners().any(|owner| !gone.contains(&owner)) {
            return Err(Rejection::HasOwner);
        }
        let replaces = self.grants.get(&owner).copied();
        Ok(vec![Fact::PermissionGranted { recipient: owner, level: Level::Owner, replaces }])
    }

    /// Whether this is the only person who owns the note. Whether those beside them are still here, the append asks.
    fn is_last_owner(&self, recipient: Recipient) -> bool {
        let mut owners = self.owners().map(Recipient::Principal);
        owners.next() == Some(recipient) && owners.next().is_none()
    }

    /// The people who own the note. A group may be empty, so it does not count.
    fn owners(&self) -> impl Iterator<Item = PrincipalId> {
        self.grants.iter().filter_map(|(recipient, level)| match (recipient, level) {
            (Recipient::Principal(owner), Level::Owner) => Some(*owner),
            _ => None,
        })
    }
}
