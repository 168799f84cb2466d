use uuid::Uuid;

use super::{Ports, Refusal};
use crate::access::Presence;
use crate::id::{DocumentId, LinkId, ProjectId};
use crate::port::{DocumentRow, LinkRow};

impl Ports {
    /// The link and its note, if it leads to one: unknown, turned off and trashed are the same, and cost the same.
    pub(super) async fn open_link(
        &self,
        link: LinkId,
        is_open: impl FnOnce(&LinkRow) -> bool,
    ) -> Result<(LinkRow, DocumentRow), Refusal> {
        let link = self.read.link(link).await?.filter(is_open);
        // A link that leads nowhere is followed, too: how long it takes says nothing of whether there was one.
        let nowhere = (ProjectId(Uuid::nil()), DocumentId(Uuid::nil()));
        let (project, document) =
            link.as_ref().map_or(nowhere, |link| (link.project, link.document));
        let document = self.read.document(project, document).await?;
        let document = document.filter(|document| document.presence() == Presence::Live);
        link.zip(document).ok_or(Refusal::NotFound)
    }
}
