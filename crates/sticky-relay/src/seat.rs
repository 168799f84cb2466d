//! Who sits in a session.

use sticky_domain::access::{Caller, Right};
use sticky_domain::event::{Actor, Via};
use sticky_domain::id::LinkId;
use sticky_domain::palette::colour_of;

/// A caller with a right to one document, as admitted.
#[derive(Debug, Clone)]
pub struct Seat {
    pub caller: Caller,
    pub right: Right,
    /// The document's title when the session began.
    pub title: String,
    /// Whether the client speaks `sticky.v1`: gets `saved` and `notice` frames.
    pub extended: bool,
}

impl Seat {
    pub(crate) fn actor(&self) -> Actor {
        Actor { principal: self.right.principal, via: self.right.via, correlation: None }
    }

    pub(crate) fn link(&self) -> Option<LinkId> {
        match self.right.via {
            Via::Link(link) => Some(link),
            Via::Direct | Via::Token(_) => None,
        }
    }

    /// What others see of this person.
    pub(crate) fn person(&self) -> serde_json::Value {
        let colour = colour_of(self.right.root);
        serde_json::json!({
            "id": self.right.principal,
            "name": self.right.name,
            "color": colour.strong,
            "colorLight": colour.soft,
        })
    }
}
