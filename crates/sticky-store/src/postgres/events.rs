use async_trait::async_trait;
use futures::TryStreamExt as _;
use sticky_domain::event::Event;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Append, AppendError, Appended, Snapshot, StoreError, Updates};
use sticky_domain::stream::{Lane, StreamId};

use super::append::AppendFacts;
use super::snapshots::Save;
use super::{HEAD, Postgres, UPDATES_AFTER};
use crate::content::ContentWriter;
use crate::failure::store_error;
use crate::query::{query, query_scalar};
use crate::row::{self, Columns as _, sql};
use crate::tables::Tables;

#[async_trait]
impl Tables for Postgres {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let clock = self.clock.clone();
        self.control.submit(AppendFacts { append, clock }).await
    }

    fn content(&self) -> &ContentWriter {
        &self.content
    }

    async fn stream(&self, stream: StreamId, after: u64) -> Result<Vec<Event>, StoreError> {
        let mut reader = self.readers.get().await?;
        let rows =
            query("select * from event where kind = $1 and stream = $2 and seq > $3 order by seq")
                .bind(stream.kind.code())
                .bind(stream.id)
                .bind(sql(after))
                .fetch_all(&mut *reader)
                .await
                .map_err(store_error)?;
        rows.iter().map(row::event).collect()
    }

    async fn updates(
        &self,
        document: DocumentId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Updates, StoreError> {
        let mut reader = self.readers.get().await?;
        let head: u64 = query_scalar(HEAD)
            .bind(document.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?
            .map_or(0, i64::cast_unsigned);
        let mut rows = query(UPDATES_AFTER).bind(document.0).bind(sql(after)).fetch(&mut *reader);
        let (mut updates, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await.map_err(store_error)? {
            let update = row::update(&row)?;
            bytes += update.bytes.len();
            let follows = update.seq == after + 1 + updates.len() as u64;
            // What came after the head was read is left for the next call, what does not follow to the archive.
            if update.seq > head || !follows || (bytes > max_bytes && !updates.is_empty()) {
                break;
            }
            updates.push(update);
        }
        Ok(Updates { updates, head })
    }

    async fn lane(&self, lane: Lane, beyond: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let mut reader = self.readers.get().await?;
        let mut rows = query(
            "select * from event where lane = $1 and position > $2 order by position limit $3",
        )
        .bind(lane.code())
        .bind(sql(beyond))
        .bind(sql(limit as u64))
        .fetch(&mut *reader);
        // One by one: the next rows are read meanwhile.
        let mut events = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(store_error)? {
            events.push(row::event(&row)?);
        }
        Ok(events)
    }

    async fn position(&self, lane: Lane) -> Result<u64, StoreError> {
        let mut reader = self.readers.get().await?;
        let row = query("select floor as position from lane where lane = $1")
            .bind(lane.code())
            .fetch_one(&mut *reader)
            .await
            .map_err(store_error)?;
        row.number("position")
    }

    async fn save(&self, document: DocumentId, snapshot: Snapshot) -> Result<(), StoreError> {
        self.control.submit(Save { document, snapshot, now: self.clock.now() }).await
    }

    fn known(&self, lane: Lane) -> u64 {
        self.tide.known(lane)
    }

    async fn wait_beyond(&self, lane: Lane, beyond: u64) {
        self.tide.wait_beyond(lane, beyond, || self.position(lane)).await;
    }
}
