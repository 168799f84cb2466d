use async_trait::async_trait;
use sticky_domain::port::StoreError;

use super::builds::keep_from_beginning;
use super::lease::hold;
use super::{is_there, leaving};
use crate::archive::chain::Chain;
use crate::archive::error::ArchiveError;
use crate::archive::row::SegmentRow;
use crate::archive::term::Term;
use crate::connection::Connection;
use crate::control::Job;
use crate::row::sql;
use crate::statement::Statement;

/// Lets the records of a new segment leave the table.
pub(in crate::archive) struct Seal {
    pub(in crate::archive) term: Term,
    pub(in crate::archive) row: SegmentRow,
}

#[async_trait]
impl<C: Connection> Job<C> for Seal {
    type Done = ();
    type Error = ArchiveError;

    async fn run(&self, connection: &mut C) -> Result<(), ArchiveError> {
        hold(connection, self.term).await?;
        if is_there(connection, &self.row).await? {
            // It was committed before, and the answer got lost.
            return Ok(());
        }
        keep_from_beginning(connection).await?;
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
