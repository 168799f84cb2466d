use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::query::QueryScalar;
use sqlx::{Connection as _, query::Query};
use sticky_domain::port::{DocumentPage, ListRequest, Scope, StoreError};
use uuid::Uuid;

use crate::failure::store_error;
use crate::folding::folded;
use crate::page_start::PageStart;
use crate::row;

/// The documents that a request is about. Binds the project, whether the deleted ones count, the folded query, and the
/// principals, NULL for everybody's.
macro_rules! matching {
    () => {
        "from document d join stream s on s.kind = 2 and s.id = d.id
         where d.project = $1 and ($2 or d.deleted_at is null)
             and strpos(coalesce(d.title_folded, d.derived_folded), $3) > 0
             and ($4::uuid[] is null or d.id in (
                 select document from document_grant where recipient = any($4)))"
    };
}

const COUNT: &str = concat!("select count(*) ", matching!());

/// Binds as [`matching`], then the row to begin after (NULL for the first page), the rows to take and those to skip.
const PAGE: &str = concat!(
    "select d.*, s.head, greatest(d.changed_at, s.updated_at) as updated_at ",
    matching!(),
    " and ($5::int8 is null or (greatest(d.changed_at, s.updated_at), d.id) < ($5, $6))
      order by updated_at desc, d.id desc limit $7 offset $8"
);

/// One page and the number of all, as of one moment.
pub(super) async fn page(
    connection: &mut PgConnection,
    request: &ListRequest,
) -> Result<DocumentPage, StoreError> {
    let filter = Filter::of(request);
    let start = PageStart::of(request);
    let mut transaction = connection
        .begin_with("begin transaction isolation level repeatable read, read only")
        .await
        .map_err(store_error)?;
    let total = filter.count().fetch_one(&mut *transaction).await.map_err(store_error)?;
    let mut rows = filter
        .page()
        .bind(start.after.map(|after| after.0.0))
        .bind(start.after.map(|after| after.1))
        .bind(i64::from(request.size) + 1)
        .bind(start.skip)
        .fetch_all(&mut *transaction)
        .await
        .map_err(store_error)?;
    transaction.rollback().await.map_err(store_error)?;
    let more = rows.len() > request.size as usize;
    rows.truncate(request.size as usize);
    let items = rows.iter().map(row::document).collect::<Result<_, _>>()?;
    Ok(DocumentPage { items, total: total.cast_unsigned(), more })
}

struct Filter {
    project: Uuid,
    include_deleted: bool,
    query: String,
    principals: Option<Vec<Uuid>>,
}

impl Filter {
    fn of(request: &ListRequest) -> Self {
        Self {
            project: request.project.0,
            include_deleted: request.include_deleted,
            // What Postgres cannot store it cannot be asked for either; no title has it.
            query: folded(request.query.trim()).replace('\0', "\u{1}"),
            principals: match &request.scope {
                Scope::Project => None,
                Scope::Granted(principals) => {
                    Some(principals.iter().map(|principal| principal.0).collect())
                }
            },
        }
    }

    fn count(&self) -> QueryScalar<'static, Postgres, i64, PgArguments> {
        sqlx::query_scalar(COUNT)
            .bind(self.project)
            .bind(self.include_deleted)
            .bind(self.query.clone())
            .bind(self.principals.clone())
    }

    fn page(&self) -> Query<'static, Postgres, PgArguments> {
        sqlx::query(PAGE)
            .bind(self.project)
            .bind(self.include_deleted)
            .bind(self.query.clone())
            .bind(self.principals.clone())
    }
}
