use std::collections::BTreeSet;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, PgConnection};

use crate::engines::Opened;

type Names = BTreeSet<(String, String)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_name_their_tables_and_columns_alike() {
    let (file, server) = (Opened::file().await, Opened::postgres().await);
    let mut on_postgres = on_postgres(server.url()).await;
    // Every such table has one on SQLite, unasked.
    assert!(on_postgres.remove(&("session_guest".to_owned(), "rowid".to_owned())));
    // There the row's own number, which a virtual table does not list.
    assert!(on_postgres.remove(&("note_index".to_owned(), "note".to_owned())));
    let on_sqlite = on_sqlite(&file.path()).await;
    assert!(on_sqlite.contains(&("event".to_owned(), "payload".to_owned())));
    assert_eq!(on_postgres, on_sqlite);
}

async fn on_sqlite(path: &std::path::Path) -> Names {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select t.name, c.name from sqlite_schema t, pragma_table_info(t.name) c
         where t.type = 'table' and t.name not like '\\_sqlx%' escape '\\'
             and t.name not like 'sqlite\\_%' escape '\\'
             and t.name not like 'note\\_index\\_%' escape '\\'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    rows.into_iter().collect()
}

async fn on_postgres(address: &str) -> Names {
    let mut connection = PgConnection::connect(address).await.unwrap();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns
         where table_schema = 'public' and table_name not like '\\_sqlx%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    rows.into_iter().collect()
}
