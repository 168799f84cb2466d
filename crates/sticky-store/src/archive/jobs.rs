//! The transactions of the archive: each decides by the database alone, whatever objects there are.

mod builds;
mod lease;
mod replace;
mod seal;

use async_trait::async_trait;
use sticky_domain::id::DocumentId;
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;

use super::error::ArchiveError;
use super::row::SegmentRow;
use crate::connection::Connection;
use crate::control::Job;
use crate::row::sql;
use crate::statement::Statement;

pub(super) use builds::GiveUpBuilds;
pub(super) use lease::{Claim, Hold, Release};
pub(super) use replace::Replace;
pub(super) use seal::Seal;

/// Makes segments the whole history of a document that has none yet.
pub(super) struct Adopt {
    pub(super) document: DocumentId,
    pub(super) rows: Vec<SegmentRow>,
    pub(super) now: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Adopt {
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
impl<C: Connection> Job<C> for Forget {
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

async fn is_there<C: Connection>(connection: &mut C, row: &SegmentRow) -> Result<bool, StoreError> {
    let known = Statement::new("select key from segment where document = $1 and key = $2")
        .id(row.document.0)
        .text(Some(&row.key));
    Ok(!connection.rows(known).await?.is_empty())
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
