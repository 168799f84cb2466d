//! Reading and changing text without a socket, through the same rooms.

use async_trait::async_trait;
use bytes::Bytes;
use sticky_domain::access::Right;
use sticky_domain::id::DocumentId;
use sticky_domain::op_key::OpKey;
use sticky_domain::port::{
    Content, ContentReader, ContentWriter, EditError, Excerpt, Selection, StoreError,
};
use tokio::sync::oneshot;

use super::Relay;
use super::excerpt::holds_clocks;
use crate::edit::{EditError as TextEditError, replace_text};
use crate::known::Vector;
use crate::merge::merge_onto;
use crate::room::intake::Submission;
use crate::room::perform::off_task;
use crate::room::state::TailUpdate;
use crate::room::task::{Message, Reading};
use crate::text::{ROOT, read_update};

/// How often an edit is made anew because its fresh client id was taken.
const ATTEMPTS: usize = 3;

#[async_trait]
impl ContentReader for Relay {
    async fn content(
        &self,
        document: DocumentId,
        seq: Option<u64>,
    ) -> Result<Option<Content>, StoreError> {
        let Some(reading) = self.read_at(document, seq).await? else { return Ok(None) };
        let (seq, state) = merged(reading).await?;
        let bytes = state.len();
        let text = off_task(move || read_update(&state, ROOT), bytes)
            .await
            .map_err(|error| corrupt(&error))?;
        Ok(Some(Content { seq, text }))
    }

    async fn state(&self, document: DocumentId) -> Result<(u64, Bytes), StoreError> {
        merged(self.read(document).await?).await
    }

    async fn excerpt(
        &self,
        document: DocumentId,
        selection: Selection,
        max_bytes: usize,
    ) -> Result<Option<Excerpt>, StoreError> {
        match selection {
            Selection::After(seq) => {
                self.recorded(document, seq, max_bytes, |_| true).await.map(Some)
            }
            Selection::Missing(vector) => self.missing(document, vector).await,
            Selection::Clocks { client, from, to, after } => {
                let wanted = |update: &[u8]| holds_clocks(update, client, from..to);
                self.recorded(document, after, max_bytes, wanted).await.map(Some)
            }
        }
    }
}

#[async_trait]
impl ContentWriter for Relay {
    async fn merge(
        &self,
        document: DocumentId,
        right: &Right,
        update: Bytes,
    ) -> Result<u64, EditError> {
        self.submit(document, right, update).await
    }

    async fn edit(
        &self,
        document: DocumentId,
        right: &Right,
        before: &Content,
        after: &str,
    ) -> Result<u64, EditError> {
        for _ in 0..ATTEMPTS {
            let reading =
                self.read_at(document, Some(before.seq)).await?.ok_or(EditError::Conflict)?;
            let (seq, state) = merged(reading).await?;
            let (client, after, size) =
                (self.fresh_client(&state), after.to_owned(), state.len() + after.len());
            let update = off_task(move || replace_text(&state, ROOT, client, &after), size).await;
            match update.map_err(|error| refused(&error))? {
                None => return Ok(seq),
                Some(update) => match self.submit(document, right, update.into()).await {
                    Err(EditError::Refused { code: "client_id_taken", .. }) => {}
                    answer => return answer,
                },
            }
        }
        Err(EditError::Conflict)
    }
}

impl Relay {
    /// What is durable of a document now.
    pub(super) async fn read(&self, document: DocumentId) -> Result<Reading, StoreError> {
        for _ in 0..super::ATTEMPTS {
            let room = self.room(document).map_err(|close| unavailable(close.reason))?;
            let (reply, answer) = oneshot::channel();
            if room.mailbox.send(Message::Read(reply)).await.is_ok()
                && let Ok(reading) = answer.await
            {
                return Ok(reading);
            }
        }
        Err(unavailable("the note cannot be loaded"))
    }

    /// What was durable at `seq`; `None` when that is not known (yet).
    async fn read_at(
        &self,
        document: DocumentId,
        seq: Option<u64>,
    ) -> Result<Option<Reading>, StoreError> {
        // A note that nobody has open is read as it was without opening it.
        if let Some(seq) = seq
            && self.shared.one(document).is_none()
        {
            return self.read_from_log(document, seq).await;
        }
        let reading = self.read(document).await?;
        match seq {
            None => Ok(Some(reading)),
            Some(seq) if seq > reading.seq => Ok(None),
            Some(seq) if seq >= reading.base_seq => Ok(Some(cut_at(reading, seq))),
            Some(seq) => self.read_from_log(document, seq).await,
        }
    }

    async fn read_from_log(
        &self,
        document: DocumentId,
        seq: u64,
    ) -> Result<Option<Reading>, StoreError> {
        let loaded = self.shared.ports.snapshots.load(document, None, Some(seq)).await?;
        if loaded.head < seq {
            return Ok(None);
        }
        let (base, base_seq) =
            loaded.snapshot.map_or((Bytes::from_static(crate::merge::EMPTY), 0), |snapshot| {
                (snapshot.body, snapshot.seq)
            });
        let tail = loaded
            .tail
            .into_iter()
            .map(|update| TailUpdate { seq: update.seq, bytes: update.bytes })
            .collect();
        Ok(Some(Reading { seq, base, base_seq, tail }))
    }

    async fn submit(
        &self,
        document: DocumentId,
        right: &Right,
        update: Bytes,
    ) -> Result<u64, EditError> {
        let room = self.room(document).map_err(|close| unavailable(close.reason))?;
        let credit = room.allowance.take(update.len()).await.map_err(|_| closed())?;
        let (reply, answer) = oneshot::channel();
        let op = OpKey(self.shared.ports.ids.id().into_bytes());
        let submission = Submission { right: right.clone(), update, op, credit, reply };
        room.mailbox.send(Message::Submit(Box::new(submission))).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// A client id that never wrote to this state: an update under a known one would be taken for known.
    fn fresh_client(&self, state: &[u8]) -> u64 {
        let mut known = Vector::default();
        if let Err(refusal) = known.absorb(state) {
            tracing::error!(code = refusal.code(), "a recorded state no longer passes the guard");
        }
        loop {
            let [a, b, c, d, ..] = self.shared.ports.ids.secret();
            let client = u64::from(u32::from_be_bytes([a, b, c, d]));
            if known.get(client) == 0 {
                return client;
            }
        }
    }
}

fn cut_at(mut reading: Reading, seq: u64) -> Reading {
    reading.tail.retain(|update| update.seq <= seq);
    Reading { seq, ..reading }
}

pub(super) async fn merged(reading: Reading) -> Result<(u64, Bytes), StoreError> {
    let size =
        reading.base.len() + reading.tail.iter().map(|update| update.bytes.len()).sum::<usize>();
    let state = off_task(move || merge_onto(&reading.base, &reading.tail), size)
        .await
        .map_err(|error| corrupt(&error))?;
    Ok((reading.seq, state.into()))
}

pub(super) fn corrupt(error: &impl ToString) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

fn closed() -> StoreError {
    unavailable("the note was just closed")
}

fn unavailable(what: &str) -> StoreError {
    StoreError::Unavailable(what.to_owned())
}

fn refused(error: &TextEditError) -> EditError {
    match error {
        TextEditError::Refused(refusal) => {
            EditError::Refused { code: refusal.code(), message: refusal.to_string() }
        }
        TextEditError::NoSuchPlace | TextEditError::Unintended => EditError::Conflict,
        TextEditError::Text(_) | TextEditError::Merge(_) => corrupt(&error).into(),
    }
}
