//! Questions in the words of one engine. They are all asked from here, so that a test can hear them.

use sqlx::query::{Query, QueryScalar};
use sqlx::{Database, FromRow, SqlSafeStr};

pub(crate) fn query<'q, DB: Database>(text: impl SqlSafeStr) -> Query<'q, DB, DB::Arguments> {
    let text = text.into_sql_str();
    #[cfg(feature = "unsafe-test-hooks")]
    crate::hooks::said(text.as_str());
    sqlx::query(text)
}

/// What the first column of the one row says.
pub(crate) fn query_scalar<'q, DB: Database, O>(
    text: impl SqlSafeStr,
) -> QueryScalar<'q, DB, O, DB::Arguments>
where
    (O,): for<'r> FromRow<'r, DB::Row>,
{
    let text = text.into_sql_str();
    #[cfg(feature = "unsafe-test-hooks")]
    crate::hooks::said(text.as_str());
    sqlx::query_scalar(text)
}
