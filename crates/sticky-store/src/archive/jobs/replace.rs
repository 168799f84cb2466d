use async_trait::async_trait;
use sticky_domain::time::Timestamp;

use super::lease::hold;
use super::{garbage, is_there};
use crate::archive::error::ArchiveError;
use crate::archive::row::SegmentRow;
use crate::archive::segment::Kind;
use crate::archive::term::Term;
use crate::connection::Connection;
use crate::control::Job;
use crate::row::sql;
use crate::statement::Statement;

/// Puts one segment in the place of its neighbours `old`, whose objects are to be taken away after `garbage_from`.
pub(in crate::archive) struct Replace {
    pub(in crate::archive) term: Term,
    pub(in crate::archive) old: Vec<SegmentRow>,
    pub(in crate::archive) new: SegmentRow,
    pub(in crate::archive) garbage_from: Timestamp,
}

#[async_trait]
impl<C: Connection> Job<C> for Replace {
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
