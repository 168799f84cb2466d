use bytes::Bytes;

use super::{Ports, Refusal};
use crate::access::{Caller, Level, Right};
use crate::id::DocumentId;
use crate::port::{Content, EditError, StoreError};

/// How often an edit is read and made again when the text moves under it.
const ATTEMPTS: usize = 8;

/// Reading and changing text without a socket.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct ContentEdits {
    ports: Ports,
}

/// Where an edit became durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EditedContent {
    pub seq: u64,
}

impl ContentEdits {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// What the note says now.
    pub async fn read(&self, caller: &Caller, document: DocumentId) -> Result<Content, Refusal> {
        self.ports.authorise_live(caller, document, Level::Viewer).await?;
        self.head(document).await
    }

    /// The whole Yjs state and its seq.
    pub async fn state(
        &self,
        caller: &Caller,
        document: DocumentId,
    ) -> Result<(u64, Bytes), Refusal> {
        self.ports.authorise_live(caller, document, Level::Viewer).await?;
        Ok(self.ports.reader.state(document).await?)
    }

    /// Merges a Yjs v1 update.
    pub async fn merge(
        &self,
        caller: &Caller,
        document: DocumentId,
        update: Bytes,
    ) -> Result<EditedContent, Refusal> {
        let right = self.may_write(caller, document).await?;
        Ok(EditedContent { seq: self.ports.writer.merge(document, &right, update).await? })
    }

    /// Replaces the text by the smallest difference against the text at `if_match`, else against the newest.
    pub async fn replace(
        &self,
        caller: &Caller,
        document: DocumentId,
        if_match: Option<u64>,
        text: &str,
    ) -> Result<EditedContent, Refusal> {
        let right = self.may_write(caller, document).await?;
        if let Some(seq) = if_match {
            let before = match self.ports.reader.content(document, Some(seq)).await {
                Ok(Some(before)) => before,
                Ok(None) | Err(StoreError::Pruned(_)) => return Err(Refusal::PreconditionFailed),
                Err(error) => return Err(error.into()),
            };
            return Ok(EditedContent {
                seq: self.ports.writer.edit(document, &right, &before, text).await?,
            });
        }
        self.change(document, &right, None, |_| Ok(text.to_owned())).await
    }

    /// Changes the newest text by `change`; computed anew when the text moved under it, or refused where it must still
    /// be the one at `if_match`.
    pub async fn apply(
        &self,
        caller: &Caller,
        document: DocumentId,
        if_match: Option<u64>,
        change: impl Fn(&str) -> Result<String, Refusal> + Send + Sync,
    ) -> Result<EditedContent, Refusal> {
        let right = self.may_write(caller, document).await?;
        self.change(document, &right, if_match, change).await
    }

    async fn change(
        &self,
        document: DocumentId,
        right: &Right,
        if_match: Option<u64>,
        change: impl Fn(&str) -> Result<String, Refusal> + Send + Sync,
    ) -> Result<EditedContent, Refusal> {
        for _ in 0..ATTEMPTS {
            let before = self.head(document).await?;
            if if_match.is_some_and(|seq| seq != before.seq) {
                return Err(Refusal::PreconditionFailed);
            }
            let after = change(&before.text)?;
            if after == before.text {
                return Ok(EditedContent { seq: before.seq });
            }
            match self.ports.writer.edit(document, right, &before, &after).await {
                Err(EditError::Conflict) => {}
                other => return Ok(EditedContent { seq: other? }),
            }
        }
        Err(Refusal::Conflict)
    }

    async fn may_write(&self, caller: &Caller, document: DocumentId) -> Result<Right, Refusal> {
        self.ports.authorise_live(caller, document, Level::Editor).await
    }

    async fn head(&self, document: DocumentId) -> Result<Content, Refusal> {
        let content = self.ports.reader.content(document, None).await?;
        Ok(content.unwrap_or(Content { seq: 0, text: String::new() }))
    }
}
