use std::collections::BTreeMap;

use sticky_domain::id::{DocumentId, LinkId, PrincipalId};
use sticky_domain::port::StoreError;
use sticky_domain::projection::{LinkUse, Told};

use crate::connection::{Connection, row};
use crate::row::{Columns, sql};
use crate::statement::Statement;

type User = (LinkId, PrincipalId);

/// Brings the uses of links up to what is told.
pub(super) async fn fold(
    connection: &mut impl Connection,
    generation: u64,
    told: &[Told],
) -> Result<(), StoreError> {
    let mut uses: BTreeMap<User, LinkUse> = BTreeMap::new();
    for told in told {
        let Some(user) = told.link_use() else { continue };
        let mut used = match uses.get(&user) {
            Some(used) => *used,
            None => load(connection, generation, user).await?,
        };
        used.hear(told);
        uses.insert(user, used);
    }
    for (user, used) in uses {
        connection.execute(upsert(generation, user, used)).await?;
    }
    for link in told.iter().flat_map(Told::purged_links) {
        let gone = Statement::new("delete from link_use where generation = $1 and link = $2");
        connection.execute(gone.number(sql(generation)).id(link.0)).await?;
    }
    Ok(())
}

/// How the links of a document have been used, by everyone together.
pub(crate) async fn of_document(
    connection: &mut impl Connection,
    document: DocumentId,
) -> Result<Vec<(LinkId, LinkUse)>, StoreError> {
    let statement = Statement::new(
        "select u.link, cast(sum(u.openings) as bigint) as openings, max(u.opened_at) as opened_at,
             cast(sum(u.edits) as bigint) as edits, max(u.edited_at) as edited_at
         from link k join link_use u on u.link = k.id
             and u.generation = (select live from projection where name = 'links')
         where k.document = $1 group by u.link",
    );
    let rows = connection.rows(statement.id(document.0)).await?;
    rows.iter().map(|row| Ok((LinkId(row.uuid("link")?), link_use(row)?))).collect()
}

async fn load(
    connection: &mut impl Connection,
    generation: u64,
    (link, principal): User,
) -> Result<LinkUse, StoreError> {
    let statement = Statement::new(
        "select * from link_use where generation = $1 and link = $2 and principal = $3",
    );
    let statement = statement.number(sql(generation)).id(link.0).id(principal.0);
    match row(connection, statement).await? {
        Some(row) => link_use(&row),
        None => Ok(LinkUse::default()),
    }
}

fn link_use(row: &impl Columns) -> Result<LinkUse, StoreError> {
    Ok(LinkUse {
        openings: row.number("openings")?,
        opened_at: row.time_or_none("opened_at")?,
        edits: row.number("edits")?,
        edited_at: row.time_or_none("edited_at")?,
    })
}

fn upsert(generation: u64, (link, principal): User, used: LinkUse) -> Statement {
    Statement::new(
        "insert into link_use (generation, link, principal, openings, opened_at, edits, edited_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (generation, link, principal) do update set
             openings = excluded.openings, opened_at = excluded.opened_at,
             edits = excluded.edits, edited_at = excluded.edited_at",
    )
    .number(sql(generation))
    .id(link.0)
    .id(principal.0)
    .number(sql(used.openings))
    .number(used.opened_at.map(|at| at.0))
    .number(sql(used.edits))
    .number(used.edited_at.map(|at| at.0))
}
