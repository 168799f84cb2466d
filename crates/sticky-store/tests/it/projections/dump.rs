use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use sticky_domain::projection::Projection;

use crate::engines::Opened;

/// Everything in a generation but its number and what rows are numbered by.
const fn tables(projection: Projection) -> &'static [&'static str] {
    match projection {
        Projection::Notes => &[
            "select n.document, n.project, n.title, n.created_at, n.created_by, n.changed_at,
                 n.changed_by, n.deleted_at, n.edited_at, n.edited_by, n.head, n.derived_title,
                 n.folded_title, n.text_seq, t.text
             from note n left join note_text t on t.note = n.id where n.generation = ?
             order by n.document",
            "select document, recipient, trashed, owned, shared_by, created_by, created_at,
                 modified_at, title, project
             from listing where generation = ? order by document, recipient",
        ],
        Projection::Links => &["select link, principal, openings, opened_at, edits, edited_at
             from link_use where generation = ? order by link, principal"],
    }
}

/// The rows of a generation, as the engine writes them.
pub(super) async fn dump(opened: &Opened, projection: Projection, generation: u64) -> Vec<String> {
    let mut rows = Vec::new();
    for table in tables(projection) {
        rows.extend(select(opened, &table.replace('?', &generation.to_string())).await);
    }
    rows
}

/// Runs something that changes what only the log should change.
pub(super) async fn tamper(opened: &Opened, text: &str) {
    if opened.url().starts_with("postgres") {
        crate::server::execute(opened.url(), text).await.unwrap();
        return;
    }
    let mut connection = sqlite(opened).await;
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

pub(super) async fn select(opened: &Opened, text: &str) -> Vec<String> {
    if opened.url().starts_with("postgres") {
        let mut connection = PgConnection::connect(opened.url()).await.unwrap();
        let whole = format!("select row(x.*)::text from ({text}) as x");
        return sqlx::query_scalar(AssertSqlSafe(whole)).fetch_all(&mut connection).await.unwrap();
    }
    let columns = text.split("from").next().unwrap().trim().trim_start_matches("select");
    let quoted: Vec<String> =
        columns.split(',').map(|column| format!("quote({})", column.trim())).collect();
    let quoted = text.replacen(columns, &format!(" concat_ws('|', {}) ", quoted.join(", ")), 1);
    let mut connection = sqlite(opened).await;
    sqlx::query_scalar(AssertSqlSafe(quoted)).fetch_all(&mut connection).await.unwrap()
}

async fn sqlite(opened: &Opened) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(opened.path());
    SqliteConnection::connect_with(&options).await.unwrap()
}
