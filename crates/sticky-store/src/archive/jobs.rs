//! The transactions of the archive: each decides by the database alone, whatever objects there are.

use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use super::chain::Chain;
use super::error::ArchiveError;
use super::row::SegmentRow;
use super::segment::Kind;
use super::term::{LEASE, Term};
use crate::connection::Connection;
use crate::control::Job;
use crate::row::{Columns as _, sql};
use crate::statement::Statement;

/// Takes the lease for an owner, when nobody else holds it; answers with its epoch.
pub(super) struct Claim {
    pub(super) owner: Uuid,
    pub(super) now: Timestamp,
    pub(super) until: Timestamp,
}

#[async_trait]
impl<C: Connection + 'static> Job<C> for Claim {
    type Done = Option<u64>;
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<Option<u64>, StoreError> {
        let claim = Statement::new(
            "insert into lease (name, owner, epoch, expires_at) values ($1, $2, 1, $3)
             on conflict (name) do update set
                 epoch = lease.epoch + case when lease.owner = excluded.owner then 0 else 1 end,
                 owner = excluded.owner, expires_at = excluded.expires_at
             where lease.owner = excluded.owner or lease.expires_at <= $4
             returning epoch",
        )
        .text(Some(LEASE))
        .id(self.owner)
        .number(self.until.0)
        .number(self.now.0);
        connection.rows(claim).await?.first().map(|row| row.number("epoch")).transpose()
    }
}

/// Gives the lease up before its time.
pub(super) struct Release(pub(super) Term);

#[async_trait]
impl<C: Connection + 'static> Job<C> for Release {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let release = Statement::new(
            "update lease set expires_at = 0 where name = $1 and owner = $2 and epoch = $3",
        );
        connection.execute(self.0.bound(release)).await.map(drop)
    }
}

/// Asks whether a term still holds.
pub(super) struct Hold(pub(super) Term);

#[async_trait]
impl<C: Connection + 'static> Job<C> for Hold {
    type Done = ();
    type Error = ArchiveError;

    async fn run(&self, connection: &mut C) -> Result<(), ArchiveError> {
        hold(connection, self.0).await
    }
}

/// Lets the records of a new segment leave the table.
pub(super) struct Seal {
    pub(super) term: Term,
    pub(super) row: SegmentRow,
}

#[async_trait]
impl<C: Connection + 'static> Job<C> for Seal {
    type Done = ();
    type Error = ArchiveError;

    async fn run(&self, connection: &mut C) -> Result<(), ArchiveError> {
        hold(connection, self.term).await?;
        if is_there(connection, &self.row).await? {
            // It was committed before, and the answer got lost.
            return Ok(());
        }
        if is_awaited(connection, &self.row).await? {
            return Err(ArchiveError::Changed);
        }
        advance(connection, &self.row).await?;
        connection.execute(self.row.insertion()).await?;
        let records = Statement::new(
            "delete from event where kind = 2 and stream = $1 and seq >= $2 and seq <= $3",
        )
        .id(self.row.document.0)
        .number(sql(self.row.first_seq))
        .number(sql(self.row.last_seq));
        let left = let_leave(connection, records).await?;
        if left == self.row.count() { Ok(()) } else { Err(ArchiveError::Changed) }
    }
}

/// Puts one segment in the place of its neighbours `old`, whose objects are to be taken away after `garbage_from`.
pub(super) struct Replace {
    pub(super) term: Term,
    pub(super) old: Vec<SegmentRow>,
    pub(super) new: SegmentRow,
    pub(super) garbage_from: Timestamp,
}

#[async_trait]
impl<C: Connection + 'static> Job<C> for Replace {
    type Done = ();
    type Error = ArchiveError;

    async fn run(&self, connection: &mut C) -> Result<(), ArchiveError> {
        hold(connection, self.term).await?;
        if is_there(connection, &self.new).await? {
            return Ok(());
        }
        for old in &self.old {
            let gone = Statement::new("delete from segment where document = $1 and key = $2")
                .id(old.document.0)
                .text(Some(&old.key));
            if connection.execute(gone).await? != 1 {
                return Err(ArchiveError::Changed);
            }
            connection.execute(garbage(&old.key, self.garbage_from)).await?;
        }
        connection.execute(self.new.insertion()).await?;
        if self.new.kind == Kind::Base {
            connection.execute(older_snapshots(&self.new)).await?;
        }
        Ok(())
    }
}

/// Snapshots of what has been removed for good.
fn older_snapshots(base: &SegmentRow) -> Statement {
    Statement::new("delete from snapshot where document = $1 and seq < $2")
        .id(base.document.0)
        .number(sql(base.last_seq))
}

/// Makes segments the whole history of a document that has none yet.
pub(super) struct Adopt {
    pub(super) document: DocumentId,
    pub(super) rows: Vec<SegmentRow>,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection + 'static> Job<C> for Adopt {
    type Done = ();
    type Error = ArchiveError;

    async fn run(&self, connection: &mut C) -> Result<(), ArchiveError> {
        let Some(last) = self.rows.last() else {
            return Ok(());
        };
        let head = Statement::new(
            "update stream set head = $1, updated_at = $2 where kind = 2 and id = $3 and head = 0",
        );
        let head = head.number(sql(last.last_seq)).number(self.now.0).id(self.document.0);
        if connection.execute(head).await? != 1 {
            return Err(ArchiveError::Changed);
        }
        let archive = Statement::new(
            "insert into archive (document, archived_to, chain) values ($1, $2, $3)",
        );
        let archive = archive.id(self.document.0).number(sql(last.last_seq)).bytes(&last.chain.0);
        connection.execute(archive).await?;
        for row in &self.rows {
            connection.execute(row.insertion()).await?;
        }
        Ok(())
    }
}

/// Forgets an object that is gone.
pub(super) struct Forget(pub(super) String);

#[async_trait]
impl<C: Connection + 'static> Job<C> for Forget {
    type Done = ();
    type Error = StoreError;

    async fn run(&self, connection: &mut C) -> Result<(), StoreError> {
        let forget = Statement::new("delete from gc where key = $1").text(Some(&self.0));
        connection.execute(forget).await.map(drop)
    }
}

pub(crate) fn garbage(key: &str, not_before: Timestamp) -> Statement {
    Statement::new("insert into gc (key, not_before) values ($1, $2) on conflict do nothing")
        .text(Some(key))
        .number(not_before.0)
}

/// The term is looked at under the lock of its row: whoever takes over waits for this transaction, or was before it.
async fn hold<C: Connection>(connection: &mut C, term: Term) -> Result<(), ArchiveError> {
    let held = Statement::new(
        "update lease set expires_at = expires_at where name = $1 and owner = $2 and epoch = $3",
    );
    match connection.execute(term.bound(held)).await? {
        1 => Ok(()),
        _ => Err(ArchiveError::Fenced),
    }
}

async fn is_there<C: Connection>(connection: &mut C, row: &SegmentRow) -> Result<bool, StoreError> {
    let known = Statement::new("select key from segment where document = $1 and key = $2")
        .id(row.document.0)
        .text(Some(&row.key));
    Ok(!connection.rows(known).await?.is_empty())
}

/// Whether something that follows the log has not come to these events yet. One that begins later reads the archive.
async fn is_awaited<C: Connection>(
    connection: &mut C,
    row: &SegmentRow,
) -> Result<bool, StoreError> {
    let awaited = Statement::new(
        "select c.name from projection_checkpoint c join event e
             on e.kind = 2 and e.stream = $1 and e.seq = $2 and e.position > c.position
         where c.lane = 1",
    );
    let awaited = awaited.id(row.document.0).number(sql(row.last_seq));
    Ok(!connection.rows(awaited).await?.is_empty())
}

/// Moves the end of the archive from just before the segment to its end.
async fn advance<C: Connection>(connection: &mut C, row: &SegmentRow) -> Result<(), ArchiveError> {
    let begin = Statement::new(
        "insert into archive (document, archived_to, chain)
         select id, 0, $1 from stream where kind = 2 and id = $2 on conflict do nothing",
    )
    .bytes(&Chain::START.0)
    .id(row.document.0);
    connection.execute(begin).await?;
    let advance = Statement::new(
        "update archive set archived_to = $1, chain = $2
         where document = $3 and archived_to = $4 and chain = $5",
    )
    .number(sql(row.last_seq))
    .bytes(&row.chain.0)
    .id(row.document.0)
    .number(sql(row.first_seq - 1))
    .bytes(&row.previous.0);
    match connection.execute(advance).await? {
        1 => Ok(()),
        _ => Err(ArchiveError::Changed),
    }
}

/// Deletes events; says how many.
async fn let_leave<C: Connection>(
    connection: &mut C,
    deletion: Statement,
) -> Result<u64, StoreError> {
    let [open, close] = leaving();
    connection.execute(open).await?;
    let gone = connection.execute(deletion).await?;
    connection.execute(close).await?;
    Ok(gone)
}

/// Between these two events may be deleted, which the log's tables refuse at any other time.
pub(crate) fn leaving() -> [Statement; 2] {
    [
        Statement::new("insert into setting (name, value) values ('archiving', 1)"),
        Statement::new("delete from setting where name = 'archiving'"),
    ]
}

/// All segments that hold records of `document` after `after` and up to `upto`, in order.
pub(crate) async fn segments<C: Connection>(
    connection: &mut C,
    document: DocumentId,
    after: u64,
    upto: Option<u64>,
) -> Result<Vec<SegmentRow>, StoreError> {
    let found = Statement::new(
        "select * from segment where document = $1 and last_seq > $2 and first_seq <= $3
         order by last_seq",
    )
    .id(document.0)
    .number(sql(after))
    .number(sql(upto.unwrap_or(u64::MAX)));
    connection.rows(found).await?.iter().map(SegmentRow::read).collect()
}
