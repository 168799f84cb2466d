use std::collections::BTreeSet;

use uuid::Uuid;

use crate::access::Recipient;
use crate::document::Document;
use crate::event::{Fact, Via};
use crate::id::{DocumentId, LinkId};
use crate::port::PastEvent;
use crate::{name, title};

/// Whether a note's stream may hold `fact` as its `seq`-th: what an export says is what someone wrote into a file.
pub(super) fn check_fact(seq: u64, fact: &Fact) -> Result<(), &'static str> {
    if !fact.is_of_document() {
        return Err("it is no fact about a note");
    }
    match fact {
        Fact::DocumentCreated { .. } if seq != 1 => Err("a note is made once"),
        Fact::DocumentCreated { title, .. } | Fact::DocumentRenamed { title } => check_title(title),
        _ if seq == 1 => Err("a note begins with being made"),
        _ => Ok(()),
    }
}

fn check_title(set: &Option<String>) -> Result<(), &'static str> {
    match set {
        Some(text) if title::parse(text) != Ok(Some(text.clone())) => Err("it is no title"),
        _ => Ok(()),
    }
}

pub(super) fn check_name(text: &str) -> Result<(), &'static str> {
    if name::parse(text).as_deref() == Ok(text) { Ok(()) } else { Err("it is no name") }
}

/// The links that the facts make, or `None` when one is made twice.
pub(super) fn links<'a>(facts: impl Iterator<Item = &'a Fact>) -> Option<BTreeSet<LinkId>> {
    let mut links = BTreeSet::new();
    for fact in facts {
        if let Fact::LinkCreated { link, .. } = fact
            && !links.insert(*link)
        {
            return None;
        }
    }
    Some(links)
}

/// What takes away all access that is left after `facts`.
pub(super) fn revocations(facts: &[&Fact]) -> Vec<Fact> {
    let links = Document::after(facts.iter().copied()).links;
    let live = links.into_iter().filter(|(_, state)| !state.revoked);
    let recipients = recipients(facts).into_iter();
    recipients
        .map(|recipient| Fact::PermissionRevoked { recipient })
        .chain(live.map(|(link, _)| Fact::LinkRevoked { link }))
        .collect()
}

fn recipients(facts: &[&Fact]) -> Vec<Recipient> {
    let mut recipients = Vec::new();
    for fact in facts {
        match fact {
            Fact::PermissionGranted { recipient, .. } if !recipients.contains(recipient) => {
                recipients.push(*recipient);
            }
            Fact::PermissionRevoked { recipient } => recipients.retain(|other| other != recipient),
            _ => {}
        }
    }
    recipients
}

/// Gives the history of a note to a copy of it: links are another note's, so the copy's get ids of their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copy(pub(super) DocumentId);

impl Copy {
    pub(super) fn event(self, mut event: PastEvent) -> PastEvent {
        if let Via::Link(link) = &mut event.actor.via {
            *link = self.link(*link);
        }
        event
    }

    pub(super) fn fact(self, mut fact: Fact) -> Fact {
        if let Fact::LinkCreated { link, .. }
        | Fact::LinkChanged { link, .. }
        | Fact::LinkRevoked { link } = &mut fact
        {
            *link = self.link(*link);
        }
        fact
    }

    fn link(self, link: LinkId) -> LinkId {
        LinkId(Uuid::new_v5(&self.0.0, link.0.as_bytes()))
    }
}
