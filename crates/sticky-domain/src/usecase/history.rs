use std::time::Duration;

use super::{Ports, Refusal};
use crate::access::{Caller, Level};
use crate::event::Via;
use crate::id::{DocumentId, PrincipalId};
use crate::port::{Content, Excerpt, Selection, StoreError, StoredUpdate};
use crate::time::Timestamp;

/// Changes of one person through one credential belong together while no pause is longer than this.
const PAUSE: Duration = Duration::from_secs(2 * 60);
/// How much of the log is read at once.
const READ_BYTES: usize = 1 << 20;

/// Reading what a note said before, and going back to it.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct History {
    ports: Ports,
}

/// Which of a note's pasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Seq(u64),
    /// The last change at or before this time.
    Time(Timestamp),
}

/// What one person did in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst {
    pub first_seq: u64,
    pub last_seq: u64,
    pub began_at: Timestamp,
    pub ended_at: Timestamp,
    pub principal: PrincipalId,
    /// What the person is called now.
    pub name: String,
    pub via: Via,
}

/// A part of a note's timeline, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub bursts: Vec<Burst>,
    /// Where the next part begins: after this seq. `None` at the end.
    pub next_after: Option<u64>,
}

impl History {
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// What the note said then.
    pub async fn read(
        &self,
        caller: &Caller,
        document: DocumentId,
        moment: Moment,
    ) -> Result<Content, Refusal> {
        self.ports.authorise_live(caller, document, Level::Viewer).await?;
        self.content_at(document, moment).await
    }

    /// A part of the note's updates, merged into one: at least one update, then up to `max_bytes`.
    pub async fn excerpt(
        &self,
        caller: &Caller,
        document: DocumentId,
        selection: Selection,
        max_bytes: usize,
    ) -> Result<Excerpt, Refusal> {
        self.ports.authorise_live(caller, document, Level::Viewer).await?;
        let excerpt = self.ports.reader.excerpt(document, selection, max_bytes).await?;
        excerpt.ok_or_else(|| Refusal::invalid("malformed", "this is no Yjs state vector"))
    }

    /// Makes the note say again what it said then, as a change like any other: what others type meanwhile stays.
    pub async fn restore(
        &self,
        caller: &Caller,
        document: DocumentId,
        moment: Moment,
    ) -> Result<u64, Refusal> {
        let right = self.ports.authorise_live(caller, document, Level::Editor).await?;
        let then = self.content_at(document, moment).await?;
        let now = self.ports.reader.content(document, None).await?.ok_or(Refusal::NotFound)?;
        if now.text == then.text {
            return Ok(now.seq);
        }
        Ok(self.ports.writer.edit(document, &right, &now, &then.text).await?)
    }

    /// Who changed the note when, at most `limit` bursts after `after`.
    pub async fn timeline(
        &self,
        caller: &Caller,
        document: DocumentId,
        after: u64,
        limit: usize,
    ) -> Result<Timeline, Refusal> {
        self.ports.authorise_live(caller, document, Level::Viewer).await?;
        let mut timeline = Timeline { bursts: Vec::new(), next_after: None };
        let mut read = after;
        loop {
            let page = self.ports.events.updates(document, read, READ_BYTES).await?;
            let Some(last) = page.updates.last().map(|update| update.seq) else { break };
            for update in &page.updates {
                if !timeline.continues(update) {
                    if timeline.bursts.len() == limit {
                        timeline.next_after = timeline.bursts.last().map(|burst| burst.last_seq);
                        return self.with_names(timeline).await;
                    }
                    timeline.bursts.push(Burst::begun_by(update));
                }
            }
            read = last;
        }
        self.with_names(timeline).await
    }

    async fn content_at(&self, document: DocumentId, moment: Moment) -> Result<Content, Refusal> {
        let seq = match moment {
            Moment::Seq(seq) => seq,
            Moment::Time(time) => self.seq_at(document, time).await?,
        };
        let content = self.ports.reader.content(document, Some(seq)).await?;
        content.ok_or_else(|| {
            Refusal::invalid("seq_unknown", format!("the note has not come to change {seq} yet"))
        })
    }

    async fn seq_at(&self, document: DocumentId, time: Timestamp) -> Result<u64, Refusal> {
        let (mut found, mut pruned_to) = (0, None);
        loop {
            let page = match self.ports.events.updates(document, found, READ_BYTES).await {
                Err(StoreError::Pruned(to)) if to > found => {
                    (found, pruned_to) = (to, Some(to));
                    continue;
                }
                page => page?,
            };
            let before = page.updates.iter().take_while(|update| update.recorded_at <= time).last();
            match before.map(|update| update.seq) {
                Some(seq) if page.updates.last().is_some_and(|last| last.seq == seq) => found = seq,
                Some(seq) => return Ok(seq),
                None if pruned_to == Some(found) && !page.updates.is_empty() => {
                    return Err(Refusal::Pruned(found));
                }
                None => return Ok(found),
            }
        }
    }

    async fn with_names(&self, mut timeline: Timeline) -> Result<Timeline, Refusal> {
        let mut known: Vec<(PrincipalId, String)> = Vec::new();
        for burst in &mut timeline.bursts {
            if let Some((_, name)) =
                known.iter().find(|(principal, _)| *principal == burst.principal)
            {
                burst.name.clone_from(name);
                continue;
            }
            let row = self.ports.read.principal(burst.principal).await?;
            burst.name = row.map_or_else(|| "Someone".to_owned(), |row| row.name);
            known.push((burst.principal, burst.name.clone()));
        }
        Ok(timeline)
    }
}

impl Timeline {
    /// Whether the newest burst goes on with `update`; then it does.
    fn continues(&mut self, update: &StoredUpdate) -> bool {
        let Some(last) = self.bursts.last_mut() else { return false };
        let same = last.principal == update.principal && last.via == update.via;
        let goes_on = same && update.recorded_at.since(last.ended_at) <= PAUSE;
        if goes_on {
            last.last_seq = update.seq;
            last.ended_at = last.ended_at.max(update.recorded_at);
        }
        goes_on
    }
}

impl Burst {
    fn begun_by(update: &StoredUpdate) -> Self {
        Self {
            first_seq: update.seq,
            last_seq: update.seq,
            began_at: update.recorded_at,
            ended_at: update.recorded_at,
            principal: update.principal,
            name: String::new(),
            via: update.via,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;
    use crate::id::{LinkId, RootId};

    fn update(seq: u64, who: u128, via: Via, at: i64) -> StoredUpdate {
        let id = Uuid::from_u128(who);
        StoredUpdate {
            seq,
            principal: PrincipalId(id),
            root: RootId(id),
            via,
            recorded_at: Timestamp(at),
            bytes: Bytes::new(),
        }
    }

    #[test]
    fn changes_of_one_person_in_one_go_are_one_burst() {
        let link = Via::Link(LinkId(Uuid::from_u128(9)));
        let log = [
            update(1, 1, Via::Direct, 0),
            update(2, 1, Via::Direct, 119_000),
            update(3, 1, Via::Direct, 240_000),
            update(4, 2, link, 240_500),
            update(5, 2, Via::Direct, 240_600),
            update(6, 1, Via::Direct, 240_700),
            update(7, 1, Via::Direct, 10),
        ];
        let mut timeline = Timeline { bursts: Vec::new(), next_after: None };
        for update in &log {
            if !timeline.continues(update) {
                timeline.bursts.push(Burst::begun_by(update));
            }
        }
        let seqs: Vec<_> =
            timeline.bursts.iter().map(|burst| (burst.first_seq, burst.last_seq)).collect();
        assert_eq!(
            seqs,
            [(1, 2), (3, 3), (4, 4), (5, 5), (6, 7)],
            "a clock that jumps back ends no burst"
        );
    }
}
