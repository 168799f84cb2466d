use crate::card::{Card, Theme};
use crate::id::{DocumentId, LinkId};
use crate::link::{Audience, PreviewPolicy};
use crate::port::{DocumentRow, LinkRow};
use crate::title;

use super::{Ports, Refusal};

/// What a share link shows to whoever holds it, without opening anything: no session, no guest, no use.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Previews {
    ports: Ports,
}

/// A note as a link shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub document: DocumentId,
    pub title: String,
    pub markdown: String,
    pub version: PreviewVersion,
}

/// Changes with everything that a preview shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PreviewVersion {
    /// The seq of the text.
    pub content: u64,
    /// The seq of the metadata.
    pub document: u64,
    pub policy: PreviewPolicy,
}

impl Previews {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// The note of a link whose signature has been verified. Unknown, turned off and trashed look the same.
    pub async fn of_link(&self, link: LinkId) -> Result<Preview, Refusal> {
        let (row, policy) = self.document_of(link).await?;
        let content = self.ports.reader.content(row.id, None).await?.ok_or(Refusal::NotFound)?;
        let derived = title::derive(&content.text);
        Ok(Preview {
            document: row.id,
            title: title::effective(row.title.as_deref(), &derived).to_owned(),
            markdown: match policy {
                PreviewPolicy::Full => content.text,
                PreviewPolicy::Title | PreviewPolicy::None => String::new(),
            },
            version: PreviewVersion { content: content.seq, document: row.version, policy },
        })
    }

    /// What the link's preview is a picture of now, without reading the text.
    pub async fn version(&self, link: LinkId) -> Result<(DocumentId, PreviewVersion), Refusal> {
        let (row, policy) = self.document_of(link).await?;
        Ok((row.id, PreviewVersion { content: row.head, document: row.version, policy }))
    }

    /// Whether whoever only looks may see anything: what asks for more than its address shows nothing before it is answered.
    fn shows(&self, link: &LinkRow) -> bool {
        let terms = &link.terms;
        link.is_open(self.ports.clock.now())
            && link.has_uses_left()
            && terms.preview != PreviewPolicy::None
            && terms.audience == Audience::Anyone
            && terms.password.is_none()
    }

    async fn document_of(&self, link: LinkId) -> Result<(DocumentRow, PreviewPolicy), Refusal> {
        let (link, row) = self.ports.open_link(link, |link| self.shows(link)).await?;
        Ok((row, link.terms.preview))
    }
}

impl Preview {
    /// The note as a card.
    pub fn card(&self, theme: Theme) -> Card {
        Card { title: self.title.clone(), markdown: self.markdown.clone(), theme }
    }
}
