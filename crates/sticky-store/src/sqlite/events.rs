use async_trait::async_trait;
use futures::TryStreamExt as _;
use sticky_domain::event::Event;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Append, AppendError, Appended, Snapshot, StoreError, Updates};
use sticky_domain::stream::{Lane, StreamId};

use super::append::AppendFacts;
use super::readers::{Readers, many_at_once};
use super::snapshots::Save;
use super::{HEAD, Sqlite, UPDATES_AFTER};
use crate::content::ContentWriter;
use crate::failure::store_error;
use crate::query::{query, query_scalar};
use crate::row::{self, Columns as _, sql};
use crate::tables::Tables;

#[async_trait]
impl Tables for Sqlite {
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
            query("select * from event where kind = ? and stream = ? and seq > ? order by seq")
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
        let head = query_scalar(HEAD)
            .bind(document.0)
            .fetch_optional(&mut *reader)
            .await
            .map_err(store_error)?
            .unwrap_or(0);
        let rows = query(UPDATES_AFTER).bind(document.0).bind(sql(after)).fetch(&mut *reader);
        let mut rows = many_at_once(rows);
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
        let rows =
            query("select * from event where lane = ? and position > ? order by position limit ?")
                .bind(lane.code())
                .bind(sql(beyond))
                .bind(sql(limit as u64))
                .fetch(&mut *reader);
        let (mut rows, mut events) = (many_at_once(rows), Vec::new());
        while let Some(row) = rows.try_next().await.map_err(store_error)? {
            events.push(row::event(&row)?);
        }
        Ok(events)
    }

    async fn position(&self, lane: Lane) -> Result<u64, StoreError> {
        position(&self.readers, lane).await
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

/// The newest position of a lane; 0 when it is empty.
pub(crate) async fn position(readers: &Readers, lane: Lane) -> Result<u64, StoreError> {
    let mut reader = readers.get().await?;
    let row = query(
        "select max(floor, ifnull((select max(position) from event where lane = ?), 0)) as position
         from lane where lane = ?",
    )
    .bind(lane.code())
    .bind(lane.code())
    .fetch_one(&mut *reader)
    .await
    .map_err(store_error)?;
    row.number("position")
}
