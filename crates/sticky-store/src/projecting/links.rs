use std::collections::{BTreeMap, BTreeSet};

use sticky_domain::id::{DocumentId, LinkId, PrincipalId};
use sticky_domain::port::StoreError;
use sticky_domain::projection::{LinkUse, Told};

use crate::connection::{Connection, row};
use crate::row::{Columns as _, link_use, sql};
use crate::statement::{Statement, places, portions, rows};

type User = (LinkId, PrincipalId);

/// Brings the uses of links up to what is told.
pub(super) async fn fold(
    connection: &mut impl Connection,
    generation: u64,
    told: &[Told],
) -> Result<(), StoreError> {
    let mut uses = load(connection, generation, told).await?;
    for told in told {
        if let Some(user) = told.link_use() {
            uses.entry(user).or_default().hear(told);
        }
    }
    let uses: Vec<(User, LinkUse)> = uses.into_iter().collect();
    for portion in portions(&uses) {
        connection.execute(upsert(generation, portion)).await?;
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

/// How a link has been used by one principal.
pub(crate) async fn of_principal(
    connection: &mut impl Connection,
    link: LinkId,
    principal: PrincipalId,
) -> Result<Option<LinkUse>, StoreError> {
    let statement = Statement::new(
        "select * from link_use where link = $1 and principal = $2
             and generation = (select live from projection where name = 'links')",
    );
    let used = row(connection, statement.id(link.0).id(principal.0)).await?;
    used.as_ref().map(link_use).transpose()
}

/// The uses that this is about, as they stand.
async fn load(
    connection: &mut impl Connection,
    generation: u64,
    told: &[Told],
) -> Result<BTreeMap<User, LinkUse>, StoreError> {
    let users: BTreeSet<User> = told.iter().filter_map(Told::link_use).collect();
    let users: Vec<User> = users.into_iter().collect();
    let mut uses = BTreeMap::new();
    for portion in portions(&users) {
        let text = format!(
            "select * from link_use where generation = $1 and link in ({}) and principal in ({})",
            places(2, portion.len()),
            places(2 + portion.len(), portion.len())
        );
        let statement = Statement::made(text)
            .number(sql(generation))
            .ids(portion.iter().map(|(link, _)| link.0))
            .ids(portion.iter().map(|(_, principal)| principal.0));
        for row in connection.rows(statement).await? {
            let user = (LinkId(row.uuid("link")?), PrincipalId(row.uuid("principal")?));
            // A link of one and a principal of another may have met, too.
            if portion.contains(&user) {
                uses.insert(user, link_use(&row)?);
            }
        }
    }
    Ok(uses)
}

fn upsert(generation: u64, uses: &[(User, LinkUse)]) -> Statement {
    let text = format!(
        "insert into link_use (generation, link, principal, openings, opened_at, edits, edited_at)
         values {}
         on conflict (generation, link, principal) do update set
             openings = excluded.openings, opened_at = excluded.opened_at,
             edits = excluded.edits, edited_at = excluded.edited_at",
        rows(1, uses.len(), 7)
    );
    uses.iter().fold(Statement::made(text), |statement, ((link, principal), used)| {
        statement
            .number(sql(generation))
            .id(link.0)
            .id(principal.0)
            .number(sql(used.openings))
            .number(used.opened_at.map(|at| at.0))
            .number(sql(used.edits))
            .number(used.edited_at.map(|at| at.0))
    })
}
