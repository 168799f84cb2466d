//! A document's end: everything about it leaves, but the receipt.

use sticky_domain::id::{DocumentId, ProjectId};
use sticky_domain::port::StoreError;
use sticky_domain::time::Timestamp;
use uuid::Uuid;

use crate::archive::{garbage, leaving};
use crate::connection::Connection as _;
use crate::connections::Connections;
use crate::control::Place;
use crate::row::{Columns as _, sql};
use crate::statement::Statement;

/// What follows from the receipt. In the order in which the archiver takes its rows, so that neither waits in a circle.
pub(crate) fn statements(document: Uuid, project: ProjectId, place: Place) -> Vec<Statement> {
    const ALL: [&str; 4] = [
        "delete from archive where document = $1",
        "delete from segment where document = $1",
        "delete from snapshot where document = $1",
        // An update that is on its way finds no document.
        "delete from stream where kind = 2 and id = $1",
    ];
    const READ_ROWS: [&str; 6] = [
        "delete from link_holder where link in (select id from link where document = $1)",
        "delete from session_guest where link in (select id from link where document = $1)",
        "delete from link where document = $1",
        "delete from document_grant where document = $1",
        "delete from access_request where document = $1",
        "delete from document where id = $1",
    ];
    let objects = format!("project/{project}/documents/{document}/");
    let mut statements = vec![garbage(&objects, place.now)];
    statements.extend(ALL.map(|text| Statement::new(text).id(document)));
    statements.extend(events(document, place.seq));
    statements.extend(READ_ROWS.map(|text| Statement::new(text).id(document)));
    statements
}

/// The updates, and the facts before the receipt: titles, too, are what someone wrote.
fn events(document: Uuid, receipt: u64) -> [Statement; 4] {
    let [open, close] = leaving();
    let updates = Statement::new("delete from event where kind = 2 and stream = $1").id(document);
    let facts = Statement::new("delete from event where kind = 1 and stream = $1 and seq < $2");
    [open, updates, facts.id(document).number(sql(receipt)), close]
}

pub(crate) async fn trashed_before<D: Connections>(
    database: &D,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<(DocumentId, u64)>, StoreError> {
    let trashed = Statement::new(
        "select id, version from document where deleted_at < $1 order by deleted_at limit $2",
    );
    let trashed = trashed.number(before.0).number(sql(limit as u64));
    let rows = database.reader().await?.rows(trashed).await?;
    rows.iter().map(|row| Ok((DocumentId(row.uuid("id")?), row.number("version")?))).collect()
}
