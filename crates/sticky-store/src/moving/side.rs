use async_trait::async_trait;
use futures::stream::BoxStream;
use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;

use super::{Fate, Row, Table};

/// One of the two databases, held by nobody else.
#[async_trait]
pub(crate) trait Side: Send {
    /// The columns of a table that are copied, in an order that is the same on every engine.
    async fn columns(&mut self, table: &Table) -> Result<Vec<String>, StoreError>;

    async fn count(&mut self, table: &'static str) -> Result<u64, StoreError>;

    /// Rows in their order, read as they are taken.
    fn rows<'a>(&'a mut self, part: &Part<'_>) -> BoxStream<'a, Result<Row, StoreError>>;

    /// The position of the last event of a lane that is in `event`.
    async fn last(&mut self, lane: Lane) -> Result<Option<u64>, StoreError>;

    /// The lane's newest position, whether its event is still in `event` or not.
    async fn position(&mut self, lane: Lane) -> Result<u64, StoreError>;

    /// Writes rows in one durable commit.
    async fn write(
        &mut self,
        table: &'static str,
        columns: &[String],
        rows: Vec<Row>,
    ) -> Result<(), StoreError>;

    async fn clear(&mut self, table: &'static str) -> Result<(), StoreError>;

    /// Whether this is a copy that is not done.
    async fn is_marked(&mut self) -> Result<bool, StoreError>;

    /// From now on it is.
    async fn mark(&mut self) -> Result<(), StoreError>;

    /// Sets the newest positions of the lanes and takes the mark away, in one commit.
    async fn open_for_use(&mut self, positions: [u64; 2]) -> Result<(), StoreError>;
}

/// A table, or one lane of the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    table: &'static Table,
    columns: &'a [String],
    pub(crate) lane: Option<Lane>,
    beyond: u64,
}

impl<'a> Part<'a> {
    pub(crate) const fn of(table: &'static Table, columns: &'a [String]) -> Self {
        Self { table, columns, lane: None, beyond: 0 }
    }

    pub(crate) const fn of_lane(table: &'static Table, columns: &'a [String], lane: Lane) -> Self {
        Self { table, columns, lane: Some(lane), beyond: 0 }
    }

    /// Of a lane, only what has a higher position.
    pub(crate) const fn beyond(self, position: u64) -> Self {
        Self { beyond: position, ..self }
    }

    /// The statement that reads it. `bytewise` makes the engine order a text by its bytes.
    pub(crate) fn sql(&self, bytewise: &str) -> String {
        let columns = quoted(self.columns);
        let name = self.table.name;
        match (self.lane, self.table.fate) {
            (Some(lane), _) => format!(
                "select {columns} from {name} where lane = {} and position > {} order by position",
                lane.code(),
                self.beyond
            ),
            (None, Fate::Copied(key)) => {
                let key = key.iter().map(|key| {
                    format!("\"{}\"{}", key.column, if key.is_text { bytewise } else { "" })
                });
                format!(
                    "select {columns} from {name} order by {}",
                    key.collect::<Vec<_>>().join(", ")
                )
            }
            (None, _) => unreachable!("only what is copied is read whole"),
        }
    }

    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }
}

/// The columns as a list of SQL: some of their names are words of it.
pub(crate) fn quoted(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    quoted.join(", ")
}
