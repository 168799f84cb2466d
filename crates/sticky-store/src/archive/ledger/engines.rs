//! The ledger of every engine, written once.

use async_trait::async_trait;
use sticky_domain::event::Event;
use sticky_domain::id::{DocumentId, PrincipalId, ProjectId, RootId};
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::{Ledger, Standing, Waiting};
use crate::archive::chain::Chain;
use crate::archive::error::ArchiveError;
use crate::archive::jobs::{
    Adopt, Claim, Forget, GiveUpBuilds, Hold, Release, Replace, Seal, segments,
};
use crate::archive::row::{SegmentRow, hash};
use crate::archive::term::Term;
use crate::connection::Connection as _;
use crate::connections::Connections;
use crate::row::{self, Columns as _, sql};
use crate::snapshots::load;
use crate::statement::Statement;
use crate::tables::Found;

#[async_trait]
impl<D: Connections> Ledger for D {
    async fn claim(
        &self,
        owner: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        self.archivist().submit(Claim { owner, now, until }).await
    }

    async fn release(&self, term: Term) -> Result<(), StoreError> {
        self.archivist().submit(Release(term)).await
    }

    async fn hold(&self, term: Term) -> Result<(), ArchiveError> {
        self.archivist().submit(Hold(term)).await
    }

    async fn give_up_builds(&self, before: Timestamp) -> Result<bool, StoreError> {
        Ok(self.archivist().submit(GiveUpBuilds { before }).await? > 0)
    }

    async fn long_ones(
        &self,
        after: Uuid,
        hot: u64,
        limit: u64,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let long = Statement::new(
            "select s.id from stream s left join archive a on a.document = s.id
             where s.kind = 2 and s.id > $1 and s.head - coalesce(a.archived_to, 0) > $2
             order by s.id limit $3",
        );
        documents(self, long.id(after).number(sql(hot)).number(sql(limit))).await
    }

    async fn old_ones(&self, before: Timestamp, limit: u64) -> Result<Vec<DocumentId>, StoreError> {
        let old = Statement::new(
            "select distinct document as id from segment where kind = 0 and sealed_at < $1 limit $2",
        );
        documents(self, old.number(before.0).number(sql(limit))).await
    }

    async fn written_ones(&self, after: Uuid, limit: u64) -> Result<Vec<DocumentId>, StoreError> {
        let written = Statement::new(
            "select id from stream where kind = 2 and id > $1 and head > 0 order by id limit $2",
        );
        documents(self, written.id(after).number(sql(limit))).await
    }

    async fn count_written(&self) -> Result<u64, StoreError> {
        let count =
            Statement::new("select count(*) as written from stream where kind = 2 and head > 0");
        let rows = self.reader().await?.rows(count).await?;
        rows.first().map_or(Ok(0), |row| row.number("written"))
    }

    async fn standing(&self, document: DocumentId) -> Result<Option<Standing>, StoreError> {
        let standing = Statement::new(
            "select s.head, coalesce(a.archived_to, 0) as archived_to, a.chain
             from stream s left join archive a on a.document = s.id
             where s.kind = 2 and s.id = $1",
        );
        let rows = self.reader().await?.rows(standing.id(document.0)).await?;
        rows.first().map(read_standing).transpose()
    }

    async fn waiting(
        &self,
        document: DocumentId,
        hot: u64,
        before: Timestamp,
    ) -> Result<Option<Waiting>, StoreError> {
        let waiting = Statement::new(
            "with standing as (
                 select s.id, s.head, coalesce(a.archived_to, 0) as archived_to, a.chain
                 from stream s left join archive a on a.document = s.id
                 where s.kind = 2 and s.id = $1
             -- Once, not for every event.
             ), bounds as materialized (
                 select t.id, t.archived_to, t.chain, coalesce((
                     select min(e.seq) - 1 from event e
                     where e.kind = 2 and e.stream = t.id and e.recorded_at >= $2
                 ), t.head) as cold, t.head - $3 as spare from standing t
             ), followed as materialized (
                 -- What follows the log reads it in the table.
                 select min(position) as position from projection_checkpoint where lane = 1
             )
             select d.project, d.title, b.chain, min(e.seq) as first, max(e.seq) as last,
                 cast(sum(length(e.payload)) as bigint) as bytes, min(e.recorded_at) as since
             from followed f cross join bounds b join document d on d.id = b.id
                 join event e on e.kind = 2 and e.stream = b.id and e.seq > b.archived_to
                     and e.seq <= b.cold and e.seq <= b.spare
                     and e.position <= coalesce(f.position, e.position)
             group by d.project, d.title, b.chain",
        );
        let waiting = waiting.id(document.0).number(before.0).number(sql(hot));
        let mut reader = self.reader().await?;
        reader.rows(waiting).await?.first().map(read_waiting).transpose()
    }

    async fn events(
        &self,
        document: DocumentId,
        first: u64,
        last: u64,
        limit: u64,
    ) -> Result<Vec<Event>, StoreError> {
        let events = Statement::new(
            "select * from event where kind = 2 and stream = $1 and seq >= $2 and seq <= $3
             order by seq limit $4",
        );
        let events = events.id(document.0).number(sql(first)).number(sql(last)).number(sql(limit));
        let mut reader = self.reader().await?;
        reader.rows(events).await?.iter().map(row::event).collect()
    }

    async fn load(
        &self,
        document: DocumentId,
        below: Option<u64>,
        upto: Option<u64>,
    ) -> Result<Found, StoreError> {
        load(self, document, below, upto).await
    }

    async fn segment_after(
        &self,
        document: DocumentId,
        after: u64,
    ) -> Result<Option<SegmentRow>, StoreError> {
        let next = Statement::new(
            "select * from segment where document = $1 and last_seq > $2 order by last_seq limit 1",
        );
        let mut reader = self.reader().await?;
        let rows = reader.rows(next.id(document.0).number(sql(after))).await?;
        rows.first().map(SegmentRow::read).transpose()
    }

    async fn root(&self, principal: PrincipalId) -> Result<RootId, StoreError> {
        let root = Statement::new("select root from principal where id = $1").id(principal.0);
        let rows = self.reader().await?.rows(root).await?;
        rows.first().map_or(Ok(principal.into()), |row| row.uuid("root").map(RootId))
    }

    async fn segments(&self, document: DocumentId) -> Result<Vec<SegmentRow>, StoreError> {
        segments(&mut *self.reader().await?, document, 0, None).await
    }

    async fn adopt(
        &self,
        document: DocumentId,
        rows: Vec<SegmentRow>,
        now: Timestamp,
    ) -> Result<(), ArchiveError> {
        self.archivist().submit(Adopt { document, rows, now }).await
    }

    async fn seal(&self, term: Term, row: SegmentRow) -> Result<(), ArchiveError> {
        self.archivist().submit(Seal { term, row }).await
    }

    async fn replace(
        &self,
        term: Term,
        old: Vec<SegmentRow>,
        new: SegmentRow,
        garbage_from: Timestamp,
    ) -> Result<(), ArchiveError> {
        self.archivist().submit(Replace { term, old, new, garbage_from }).await
    }

    async fn garbage(&self, now: Timestamp, limit: u64) -> Result<Vec<String>, StoreError> {
        let garbage = Statement::new(
            "select key from gc where not_before <= $1 order by not_before limit $2",
        );
        let mut reader = self.reader().await?;
        let rows = reader.rows(garbage.number(now.0).number(sql(limit))).await?;
        rows.iter().map(|row| row.text("key")).collect()
    }

    async fn forget(&self, key: String) -> Result<(), StoreError> {
        self.archivist().submit(Forget(key)).await
    }

    async fn knows(&self, document: DocumentId) -> Result<bool, StoreError> {
        let known = Statement::new("select kind from stream where kind in (1, 2) and id = $1");
        Ok(!self.reader().await?.rows(known.id(document.0)).await?.is_empty())
    }

    async fn names(&self, key: &str) -> Result<bool, StoreError> {
        let named = Statement::new(
            "select key from segment where key = $1 union all select key from gc where key = $1",
        );
        let mut reader = self.reader().await?;
        Ok(!reader.rows(named.text(Some(key))).await?.is_empty())
    }
}

async fn documents<D: Connections>(
    database: &D,
    statement: Statement,
) -> Result<Vec<DocumentId>, StoreError> {
    let rows = database.reader().await?.rows(statement).await?;
    rows.iter().map(|row| row.uuid("id").map(DocumentId)).collect()
}

fn read_standing(row: &impl row::Columns) -> Result<Standing, StoreError> {
    let (head, archived_to) = (row.number("head")?, row.number("archived_to")?);
    Ok(Standing { head, archived_to, chain: chain(row)? })
}

/// The archive's chain, which begins with the first segment.
fn chain(row: &impl row::Columns) -> Result<Chain, StoreError> {
    match row.bytes_or_none("chain")? {
        None => Ok(Chain::START),
        Some(_) => hash(row, "chain").map(Chain),
    }
}

fn read_waiting(row: &impl row::Columns) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        project: ProjectId(row.uuid("project")?),
        title: row.text_or_none("title")?,
        chain: chain(row)?,
        first: row.number("first")?,
        last: row.number("last")?,
        bytes: row.number("bytes")?,
        since: row.time("since")?,
    })
}
