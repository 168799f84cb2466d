//! Pages of lists: a range of an index for each list and shelf, put together.

mod branch;
mod parts;

use std::collections::HashMap;

use async_trait::async_trait;
use sticky_domain::id::{DocumentId, PrincipalId};
use sticky_domain::port::{
    DocumentPage, ListPlace, ListRequest, ListedDocument, Lists, PageAt, SortBy, SortKey,
    StoreError,
};
use uuid::Uuid;

use crate::connection::{Connection, row};
use crate::connections::Connections;
use crate::projecting::Projecting;
use crate::row::{self, Columns, sql};
use crate::statement::{Statement, places};
use branch::Branches;

#[async_trait]
impl<E: Connections> Lists for Projecting<'_, E> {
    async fn page(&self, request: &ListRequest) -> Result<DocumentPage, StoreError> {
        page(&mut *self.0.reader().await?, request).await
    }

    async fn version(&self, lists: &[Uuid]) -> Result<u64, StoreError> {
        version(&mut *self.0.reader().await?, lists).await
    }

    async fn names(
        &self,
        principals: &[PrincipalId],
    ) -> Result<HashMap<PrincipalId, String>, StoreError> {
        names(&mut *self.0.reader().await?, principals).await
    }
}

async fn page<C: Connection>(
    connection: &mut C,
    request: &ListRequest,
) -> Result<DocumentPage, StoreError> {
    if request.lists.is_empty() {
        let total = matches!(request.at, PageAt::Number(_)).then_some(0);
        return Ok(DocumentPage { items: Vec::new(), total, next: None });
    }
    let branches = Branches::of(request);
    let total = match request.at {
        PageAt::Number(_) => Some(total(connection, &branches).await?),
        PageAt::After(_) => None,
    };
    let rows = connection.rows(branches.page()).await?;
    let size = request.size as usize;
    let next = match rows.get(size) {
        Some(_) => rows.get(size - 1).map(|last| place(last, request.order.by)).transpose()?,
        None => None,
    };
    let items = rows.iter().take(size).map(listed).collect::<Result<_, _>>()?;
    Ok(DocumentPage { items, total, next })
}

async fn total<C: Connection>(
    connection: &mut C,
    branches: &Branches<'_>,
) -> Result<u64, StoreError> {
    let counted = row(connection, branches.count()).await?;
    counted.map_or(Ok(0), |row| row.number("total"))
}

fn listed(row: &impl Columns) -> Result<ListedDocument, StoreError> {
    Ok(ListedDocument {
        row: row::document(row)?,
        created_by: row.uuid_or_none("created_by")?.map(PrincipalId),
        shared_by: row.uuid_or_none("shared_by")?.map(PrincipalId),
    })
}

async fn names<C: Connection>(
    connection: &mut C,
    principals: &[PrincipalId],
) -> Result<HashMap<PrincipalId, String>, StoreError> {
    if principals.is_empty() {
        return Ok(HashMap::new());
    }
    let text =
        format!("select id, name from principal where id in ({})", places(1, principals.len()));
    let statement = Statement::made(text).ids(principals.iter().map(|principal| principal.0));
    let rows = connection.rows(statement).await?;
    rows.iter().map(|row| Ok((PrincipalId(row.uuid("id")?), row.text("name")?))).collect()
}

fn place(row: &impl Columns, by: SortBy) -> Result<ListPlace, StoreError> {
    let key = match by {
        SortBy::Modified | SortBy::Created => SortKey::Time(row.time("sort_key")?),
        SortBy::Creator => SortKey::Principal(PrincipalId(row.uuid("sort_key")?)),
        SortBy::Title => SortKey::Title(row.text("sort_key")?),
    };
    Ok(ListPlace { key, document: DocumentId(row.uuid("id")?) })
}

async fn version<C: Connection>(connection: &mut C, lists: &[Uuid]) -> Result<u64, StoreError> {
    if lists.is_empty() {
        return Ok(0);
    }
    let text = format!(
        "select cast(coalesce(sum(version), 0) as bigint) as version from list_version
         where recipient in ({})",
        places(1, lists.len())
    );
    let statement = Statement::made(text).ids(lists.iter().copied());
    row(connection, statement).await?.map_or(Ok(0), |row| row.number("version"))
}

/// Where rows of a page are skipped and where it ends.
fn window(request: &ListRequest) -> (i64, i64) {
    let skip = match request.at {
        PageAt::Number(number) => u64::from(number.saturating_sub(1)) * u64::from(request.size),
        PageAt::After(_) => 0,
    };
    // One more than the page tells whether more follow.
    (sql(skip), sql(skip + u64::from(request.size) + 1))
}

#[cfg(test)]
mod tests {
    use sticky_domain::port::{
        Insight, ListFilter, ListPlace, Order, Shelf, SortBy, SortKey, Trash,
    };

    use sticky_domain::time::Timestamp;

    use super::*;
    use crate::plan::plan;

    /// Of so many lists it reads what may be more than all streams are, by what it knows of them.
    const LISTS: u128 = 50;

    #[tokio::test]
    async fn a_page_is_read_from_its_place_on_and_then_note_by_note() {
        let nobody = PrincipalId(Uuid::nil());
        for (by, key) in [
            (SortBy::Modified, SortKey::Time(Timestamp(0))),
            (SortBy::Created, SortKey::Time(Timestamp(0))),
            (SortBy::Creator, SortKey::Principal(nobody)),
            (SortBy::Title, SortKey::Title(String::new())),
        ] {
            let request = ListRequest {
                lists: (0..LISTS).map(Uuid::from_u128).collect(),
                project: None,
                shelf: Shelf::All,
                trash: Trash::Without,
                query: String::new(),
                filter: ListFilter::default(),
                insight: Insight::All,
                order: Order { by, descending: true },
                at: PageAt::After(ListPlace { key, document: DocumentId(Uuid::nil()) }),
                size: 100,
            };
            let plan = plan(&Branches::of(&request).page()).await;
            let ranges = plan.iter().filter(|step| step.contains(",document)<(?,?))")).count();
            assert_eq!(ranges, 2 * LISTS as usize, "owned and not: {plan:?}");
            let rest = plan.iter().skip_while(|step| *step != "SCAN found").nth(2);
            assert_eq!(rest.unwrap(), "SEARCH s USING PRIMARY KEY (kind=? AND id=?)", "{plan:?}");
        }
    }
}
