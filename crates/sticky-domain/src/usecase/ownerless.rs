use uuid::Uuid;

use super::permissions::Named;
use super::{Operator, Ports, Refusal};
use crate::access::{Caller, Company};
use crate::document::{Command, Document};
use crate::event::Fact;
use crate::id::{DocumentId, PrincipalId, ProjectId};
use crate::port::{GrantRow, OwnerlessRow};
use crate::project::ProjectKind;
use crate::stream::StreamId;

/// Notes whose owners have all left. They stay what they were for those whom they are shared with, until someone owns them
/// again.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Ownerless {
    ports: Ports,
}

/// Which of them, in the order of their ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnerlessPage {
    /// The last of the page before.
    pub after: Option<DocumentId>,
    /// At most so many.
    pub size: u32,
}

impl Ownerless {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Those of one project, or of all, for whoever runs the server.
    pub async fn list(
        &self,
        project: Option<ProjectId>,
        page: OwnerlessPage,
    ) -> Result<Vec<OwnerlessRow>, Refusal> {
        let mut rows = self.ports.directory.ownerless(project, page.after, page.size).await?;
        for row in &mut rows {
            self.ports.freshen_title(&mut row.document).await?;
        }
        Ok(rows)
    }

    /// Those of a project, for whoever manages it: what is in it is theirs to hand over.
    pub async fn of_project(
        &self,
        caller: &Caller,
        project: ProjectId,
        page: OwnerlessPage,
    ) -> Result<Vec<OwnerlessRow>, Refusal> {
        let standing = self.ports.access.role(caller, Company::Project(project)).await?;
        let manages = standing.ok_or(Refusal::NotFound)?.role.manages();
        let row = self.ports.directory.project(project).await?.ok_or(Refusal::NotFound)?;
        match row.kind {
            ProjectKind::Team if manages => self.list(Some(project), page).await,
            // What was handed over from somebody's own project is nobody's in it.
            ProjectKind::Personal if manages => Ok(Vec::new()),
            _ => Err(Refusal::Forbidden),
        }
    }

    /// Makes someone the owner of such a note. For whoever runs the server: the note of somebody who is here is theirs alone
    /// to give away.
    pub async fn give(
        &self,
        document: DocumentId,
        to: &Named,
        operator: &Operator,
        correlation: Option<Uuid>,
    ) -> Result<(), Refusal> {
        let owner = self.ports.person(to).await?;
        // Nobody who has left comes back, so it does not matter who leaves after this.
        let rows = self.ports.directory.recipients(document).await?;
        let gone = rows.iter().filter_map(gone).collect();
        let appoint = Command::Appoint { owner, gone };
        let actor = operator.actor(correlation);
        let decide = |facts: &[Fact]| Ok(Document::after(facts).decide(appoint.clone())?);
        self.ports
            .decide(StreamId::document(document), actor, operator.fence(), decide)
            .await
            .map(drop)
    }
}

fn gone(row: &GrantRow) -> Option<PrincipalId> {
    let (_, id) = row.recipient.parts();
    row.deleted.then_some(PrincipalId(id))
}
