//! What SQLite makes of a statement, for tests. It knows of no table how large it is, but what a migration told it.

use std::sync::Arc;

use sticky_domain::port::Clock;
use sticky_domain::time::Timestamp;

use crate::connection::Connection as _;
use crate::connections::Connections as _;
use crate::row::Columns as _;
use crate::sqlite::Sqlite;
use crate::statement::Statement;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
}

/// Its steps, such as `SEARCH note USING INTEGER PRIMARY KEY (rowid=?)`.
pub(crate) async fn plan(statement: &Statement) -> Vec<String> {
    let store = Sqlite::open(None, Arc::new(Still)).await.unwrap();
    let text = format!("explain query plan {}", statement.text);
    let explained = Statement { text: text.into(), ..statement.clone() };
    let steps = store.reader().await.unwrap().rows(explained).await.unwrap();
    steps.iter().map(|step| step.text("detail").unwrap()).collect()
}
