use uuid::Uuid;

use super::documents::actor;
use super::{Ports, Projector, Refusal};
use crate::access::{Caller, Level};
use crate::event::Fact;
use crate::id::{DocumentId, LinkId, PrincipalId};
use crate::port::LinkGuestRow;
use crate::projection::Projection;
use crate::stream::StreamId;

/// Whom a link has let in, one by one. Owners only.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct LinkGuests {
    ports: Ports,
    projector: Projector,
}

impl LinkGuests {
    pub fn new(ports: Ports, projector: Projector) -> Self {
        Self { ports, projector }
    }

    /// Whom a link of the note has let in, in the order of their ids; at most `limit` after `after`.
    pub async fn list(
        &self,
        caller: &Caller,
        (document, link): (DocumentId, LinkId),
        after: Option<PrincipalId>,
        limit: u32,
    ) -> Result<Vec<LinkGuestRow>, Refusal> {
        self.ports.authorise(caller, document, Level::Owner).await?;
        self.refuse_others(document, link).await?;
        self.projector.catch_up_for_reader(Projection::Links).await?;
        Ok(self.ports.directory.link_guests(link, after, limit).await?)
    }

    /// Takes away from one of them what the link gives, at once and for good; the link stays as it is. Done twice it is
    /// done once.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for whom the link has not let in.
    pub async fn remove(
        &self,
        caller: &Caller,
        (document, link): (DocumentId, LinkId),
        guest: PrincipalId,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let right = self.ports.authorise(caller, document, Level::Owner).await?;
        self.refuse_others(document, link).await?;
        let (stream, actor) = (StreamId::principal(guest), actor(&right, correlation));
        let decide = |facts: &[Fact]| removal(facts, link, document);
        self.ports.decide(stream, actor, &right.fence, decide).await.map(drop)
    }

    async fn refuse_others(&self, document: DocumentId, link: LinkId) -> Result<(), Refusal> {
        let row = self.ports.read.link(link).await?;
        row.filter(|row| row.document == document).map(drop).ok_or(Refusal::NotFound)
    }
}

/// Removes whoever these facts tell of, if the link has let them in as whom they still are.
fn removal(facts: &[Fact], link: LinkId, document: DocumentId) -> Result<Vec<Fact>, Refusal> {
    let came = |fact: &Fact| matches!(fact, Fact::LinkRedeemed { link: by, .. } | Fact::LinkKept { link: by, .. } if *by == link);
    let is_someone_else = |fact: &Fact| matches!(fact, Fact::GuestPromoted { .. });
    if !facts.iter().any(came) || facts.iter().any(is_someone_else) {
        return Err(Refusal::Unknown {
            code: "no_such_guest",
            message: "the link has let in nobody with this id",
        });
    }
    let removed = Fact::GuestRemoved { link, document };
    Ok(if facts.contains(&removed) { Vec::new() } else { vec![removed] })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: LinkId = LinkId(Uuid::from_u128(1));
    const NOTE: DocumentId = DocumentId(Uuid::from_u128(2));
    const SOMEONE: PrincipalId = PrincipalId(Uuid::from_u128(3));

    #[test]
    fn only_whom_the_link_let_in_is_removed_and_only_once() {
        let came = || Fact::LinkRedeemed { link: LINK, document: NOTE };
        let kept = Fact::LinkKept { link: LINK, document: NOTE, guest: SOMEONE };
        let other = Fact::LinkRedeemed { link: LinkId(Uuid::nil()), document: NOTE };
        let removed = || Fact::GuestRemoved { link: LINK, document: NOTE };
        let table = [
            (vec![came()], Some(vec![removed()])),
            (vec![kept], Some(vec![removed()])),
            (vec![came(), removed()], Some(vec![])),
            (vec![came(), Fact::GuestPromoted { user: SOMEONE }], None),
            (vec![other], None),
            (vec![], None),
        ];
        for (given, then) in table {
            assert_eq!(removal(&given, LINK, NOTE).ok(), then, "{given:?}");
        }
    }
}
