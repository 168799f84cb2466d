use std::time::Duration;

use super::Told;
use crate::event::{Body, Fact, Via};
use crate::id::{LinkId, PrincipalId};
use crate::time::Timestamp;

/// Whoever opens a link again within this time has not come again.
const VISIT: Duration = Duration::from_secs(60 * 60);

/// What was done through a link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkUse {
    pub openings: u64,
    pub opened_at: Option<Timestamp>,
    pub edits: u64,
    pub edited_at: Option<Timestamp>,
}

impl Told {
    /// The link that was used, and by whom.
    pub fn link_use(&self) -> Option<(LinkId, PrincipalId)> {
        match self {
            Self::Edit(edit) => match edit.via {
                Via::Link(link) => Some((link, edit.principal)),
                _ => None,
            },
            Self::Fact(event) => match &event.body {
                Body::Fact(
                    Fact::LinkRedeemed { link, .. }
                    | Fact::LinkOpened { link, .. }
                    | Fact::LinkKept { link, .. },
                ) => Some((*link, PrincipalId(event.stream.id))),
                _ => None,
            },
        }
    }

    /// Links whose uses are to be forgotten.
    pub fn purged_links(&self) -> &[LinkId] {
        match self {
            Self::Fact(event) => match &event.body {
                Body::Fact(Fact::DocumentPurged { links, .. }) => links,
                _ => &[],
            },
            Self::Edit(_) => &[],
        }
    }
}

impl LinkUse {
    /// When it was opened or edited through last.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.opened_at.max(self.edited_at)
    }

    /// The use after this, which is one of the same link by the same principal.
    pub fn hear(&mut self, told: &Told) {
        match told {
            Told::Edit(edit) => {
                self.edits += 1;
                self.edited_at = self.edited_at.max(Some(edit.recorded_at));
            }
            // What the guest did is told of the guest.
            Told::Fact(event) if matches!(event.body, Body::Fact(Fact::LinkKept { .. })) => {}
            Told::Fact(event) => self.open(event.recorded_at),
        }
    }

    /// Whether whoever opens the link at this moment comes again.
    pub fn is_visit(&self, at: Timestamp) -> bool {
        self.opened_at.is_none_or(|before| at.since(before) >= VISIT)
    }

    fn open(&mut self, at: Timestamp) {
        if self.is_visit(at) {
            self.openings += 1;
            self.opened_at = Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_has_one_opening() {
        let mut used = LinkUse::default();
        for minute in [0, 10, 59, 60, 61, 120] {
            used.open(Timestamp(minute * 60_000));
        }
        assert_eq!(used.openings, 3);
    }
}
