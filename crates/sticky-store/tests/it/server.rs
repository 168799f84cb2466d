//! The Postgres of all tests that do not kill theirs.

use sqlx::{Connection as _, Executor as _, PgConnection};
use sticky_store::Store;
use sticky_testbed::Postgres;
use tokio::sync::OnceCell;

use crate::world::TestClock;

const TEMPLATE: &str = "sticky_template";

pub(crate) async fn shared() -> &'static Postgres {
    static SHARED: OnceCell<Postgres> = OnceCell::const_new();
    SHARED.get_or_init(with_template).await
}

/// The address of a new database with our schema and nothing in it.
pub(crate) async fn fresh_database() -> String {
    shared().await.copy(TEMPLATE).unwrap()
}

async fn with_template() -> Postgres {
    let server = Postgres::start(&["fsync=off", "track_commit_timestamp=on"]).unwrap();
    let url = server.create(TEMPLATE).unwrap().parse().unwrap();
    Store::open(&url, TestClock::new()).await.unwrap().close().await;
    server
}

/// What someone with a database tool does.
pub(crate) async fn execute(address: &str, text: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(address).await?;
    connection.execute(sqlx::AssertSqlSafe(text.to_owned())).await?;
    connection.close().await
}
