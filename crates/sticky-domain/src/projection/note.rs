use uuid::Uuid;

use super::{Edit, Told};
use crate::access::Level;
use crate::event::{Body, Event, Fact};
use crate::id::{DocumentId, PrincipalId, ProjectId};
use crate::stream::StreamKind;
use crate::time::Timestamp;

/// A note as its facts and its newest update tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// `None` until the note's making has been heard of: its first update may be told before.
    pub project: Option<ProjectId>,
    /// The title that someone set.
    pub title: Option<String>,
    pub created: Option<Touch>,
    /// The newest change of title or trash.
    pub changed: Option<Touch>,
    pub deleted_at: Option<Timestamp>,
    /// The newest update.
    pub edited: Option<Touch>,
    /// The newest update's seq.
    pub head: u64,
    /// Nothing of it is to be kept.
    pub purged: bool,
}

/// Who did something when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    pub at: Timestamp,
    pub by: PrincipalId,
}

/// A change of which lists a note is in: of those whom it is given to, and of its links, for those who hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    Granted { recipient: Uuid, level: Level, by: PrincipalId },
    Revoked { recipient: Uuid },
}

impl Told {
    /// The note that this is about.
    pub fn note(&self) -> Option<DocumentId> {
        match self {
            Self::Edit(edit) => Some(edit.document),
            Self::Fact(event) => {
                (event.stream.kind == StreamKind::Document).then_some(DocumentId(event.stream.id))
            }
        }
    }
}

impl Note {
    /// The note after this.
    pub fn hear(&mut self, told: &Told) {
        match told {
            Told::Edit(edit) => self.hear_edit(edit),
            Told::Fact(event) => self.hear_fact(event),
        }
    }

    /// When title, trash or text changed last.
    pub fn modified_at(&self) -> Option<Timestamp> {
        self.changed.into_iter().chain(self.edited).map(|touch| touch.at).max()
    }

    fn hear_edit(&mut self, edit: &Edit) {
        if edit.seq > self.head {
            self.head = edit.seq;
            self.edited = Some(Touch { at: edit.recorded_at, by: edit.principal });
        }
    }

    fn hear_fact(&mut self, event: &Event) {
        let Body::Fact(fact) = &event.body else { return };
        let touch = Touch { at: event.recorded_at, by: event.actor.principal };
        match fact {
            Fact::DocumentCreated { project, title } => {
                self.project = Some(*project);
                self.title.clone_from(title);
                self.created = Some(touch);
            }
            Fact::DocumentRenamed { title } => self.title.clone_from(title),
            Fact::DocumentTrashed {} => self.deleted_at = Some(touch.at),
            Fact::DocumentRestored {} => self.deleted_at = None,
            Fact::DocumentPurged { .. } => *self = Self { purged: true, ..Self::default() },
            Fact::DocumentImported { project, .. } => {
                self.project = Some(*project);
                return;
            }
            _ => return,
        }
        self.changed = Some(touch);
    }
}

/// What this changes about who has its note.
pub fn sharing(told: &Told) -> Option<Sharing> {
    let Told::Fact(event) = told else { return None };
    match &event.body {
        Body::Fact(Fact::PermissionGranted { recipient, level, .. }) => Some(Sharing::Granted {
            recipient: recipient.parts().1,
            level: *level,
            by: event.actor.principal,
        }),
        Body::Fact(Fact::PermissionRevoked { recipient }) => {
            Some(Sharing::Revoked { recipient: recipient.parts().1 })
        }
        Body::Fact(Fact::LinkCreated { link, .. }) => Some(Sharing::Granted {
            recipient: link.0,
            level: Level::Viewer,
            by: event.actor.principal,
        }),
        Body::Fact(Fact::LinkRevoked { link }) => Some(Sharing::Revoked { recipient: link.0 }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Actor, Via};
    use crate::op_key::OpKey;
    use crate::stream::{Lane, StreamId};

    const NOTE: DocumentId = DocumentId(Uuid::from_u128(1));
    const PROJECT: ProjectId = ProjectId(Uuid::from_u128(2));

    fn someone(number: u128) -> PrincipalId {
        PrincipalId(Uuid::from_u128(number))
    }

    fn fact(at: i64, by: u128, fact: Fact) -> Told {
        Told::Fact(Box::new(Event {
            lane: Lane::Control,
            position: 1,
            stream: StreamId::document(NOTE),
            seq: 1,
            actor: Actor { principal: someone(by), via: Via::Direct, correlation: None },
            op: OpKey([0; 16]),
            recorded_at: Timestamp(at),
            body: Body::Fact(fact),
        }))
    }

    fn edit(at: i64, by: u128, seq: u64) -> Told {
        Told::Edit(Edit {
            document: NOTE,
            seq,
            principal: someone(by),
            via: Via::Direct,
            recorded_at: Timestamp(at),
        })
    }

    fn after(told: &[Told]) -> Note {
        let mut note = Note::default();
        told.iter().for_each(|told| note.hear(told));
        note
    }

    #[test]
    fn the_lanes_may_come_in_any_order_beside_each_other() {
        let made = fact(10, 7, Fact::DocumentCreated { project: PROJECT, title: None });
        let named = fact(40, 8, Fact::DocumentRenamed { title: Some("Plan".to_owned()) });
        let (first, second) = (edit(20, 7, 1), edit(30, 9, 2));
        let straight = after(&[made.clone(), first.clone(), second.clone(), named.clone()]);
        assert_eq!(straight, after(&[first, second, made, named]));
        assert_eq!(straight.modified_at(), Some(Timestamp(40)));
        assert_eq!(straight.edited, Some(Touch { at: Timestamp(30), by: someone(9) }));
        assert_eq!(straight.created, Some(Touch { at: Timestamp(10), by: someone(7) }));
    }

    #[test]
    fn an_update_that_is_told_again_changes_nothing() {
        let note = after(&[edit(20, 7, 2)]);
        assert_eq!(note, after(&[edit(20, 7, 2), edit(99, 8, 1), edit(99, 8, 2)]));
    }

    #[test]
    fn the_trash_is_left_as_it_was_entered() {
        let trashed = fact(20, 7, Fact::DocumentTrashed {});
        assert_eq!(after(std::slice::from_ref(&trashed)).deleted_at, Some(Timestamp(20)));
        assert_eq!(after(&[trashed, fact(30, 7, Fact::DocumentRestored {})]).deleted_at, None);
    }
}
