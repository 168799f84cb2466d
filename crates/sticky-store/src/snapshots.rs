//! Loading a document: its newest snapshot, and where what follows it is, all read at one moment.

use sqlx::Connection as _;
use sticky_domain::id::DocumentId;
use sticky_domain::port::{Snapshot, StoreError};

use crate::archive::segments;
use crate::connection::Connection;
use crate::connections::Connections;
use crate::failure::store_error;
use crate::row::{self, Columns as _, sql};
use crate::snapshot_bytes::read;
use crate::statement::Statement;
use crate::tables::Found;

pub(crate) async fn load<D: Connections>(
    database: &D,
    document: DocumentId,
    below: Option<u64>,
    upto: Option<u64>,
) -> Result<Found, StoreError> {
    let mut reader = database.reader().await?;
    let mut transaction =
        reader.begin_with(D::Connection::BEGIN_READING).await.map_err(store_error)?;
    let found = find(&mut *transaction, document, below, upto).await?;
    transaction.rollback().await.map_err(store_error)?;
    Ok(found)
}

async fn find<C: Connection>(
    connection: &mut C,
    document: DocumentId,
    below: Option<u64>,
    upto: Option<u64>,
) -> Result<Found, StoreError> {
    let head = head(connection, document).await?;
    let snapshot = newest(connection, document, below, upto).await?;
    let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
    let updates = Statement::new(
        "select e.seq, e.actor, e.via, e.via_id, e.recorded_at, e.payload, p.root
         from event e left join principal p on p.id = e.actor
         where e.kind = 2 and e.stream = $1 and e.seq > $2 and e.seq <= $3 order by e.seq",
    );
    let updates = updates.id(document.0).number(sql(after)).number(sql(upto.unwrap_or(u64::MAX)));
    let tail = connection.rows(updates).await?;
    let tail: Vec<_> = tail.iter().map(row::update).collect::<Result<_, _>>()?;
    let whole = after + tail.len() as u64 >= upto.unwrap_or(head).min(head);
    let segments = match whole {
        true => Vec::new(),
        false => segments(connection, document, after, upto).await?,
    };
    Ok(Found { snapshot, segments, tail, head })
}

async fn head<C: Connection>(connection: &mut C, document: DocumentId) -> Result<u64, StoreError> {
    let head = Statement::new("select head from stream where kind = 2 and id = $1").id(document.0);
    connection.rows(head).await?.first().map_or(Ok(0), |row| row.number("head"))
}

/// The newest snapshot below `below` and not beyond `upto` whose bytes are as they were stored.
async fn newest<C: Connection>(
    connection: &mut C,
    document: DocumentId,
    below: Option<u64>,
    upto: Option<u64>,
) -> Result<Option<Snapshot>, StoreError> {
    let mut below =
        below.unwrap_or(u64::MAX).min(upto.map_or(u64::MAX, |upto| upto.saturating_add(1)));
    loop {
        let newest = Statement::new(
            "select seq, body, owners, sha256 from snapshot
             where document = $1 and seq < $2 order by seq desc limit 1",
        );
        let rows = connection.rows(newest.id(document.0).number(sql(below))).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        match read(row) {
            Ok(snapshot) => return Ok(Some(snapshot)),
            Err(error) => {
                tracing::warn!(%document, %error, "a snapshot is damaged; an older one serves");
            }
        }
        below = row.number("seq")?;
    }
}
