//! A whole installation from one database into another.
//!
//! The log goes first and keeps its positions; interrupted, it goes on where it was. What can change is copied after it, each
//! time anew. In the end both databases are read and compared, and only then can the new one be opened.

mod cell;
mod digest;
mod error;
mod side;
mod table;

use futures::TryStreamExt as _;
use sticky_domain::port::StoreError;
use sticky_domain::stream::Lane;

use crate::DatabaseUrl;
use crate::postgres::PostgresSide;
use crate::sqlite::SqliteSide;
pub(crate) use cell::{Cell, Row};
use digest::Sum;
pub use error::MoveError;
pub(crate) use side::{Part, Side, quoted};
pub use table::{Fate, Key, Table};

/// The name of the setting of a database that is not all there yet.
pub(crate) const MARK: &str = "moving";
const LANES: [Lane; 2] = [Lane::Control, Lane::Content];
/// Rows of one commit.
const CHUNK: usize = 1_000;
/// No more is added to a commit of so many bytes.
const CHUNK_BYTES: usize = 4 << 20;

/// A move that can begin, or go on: nobody else uses either database.
#[expect(missing_debug_implementations, reason = "connections have nothing to show")]
pub struct Moving {
    source: Box<dyn Side>,
    target: Box<dyn Side>,
}

/// How far a move has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveProgress {
    pub step: Step,
    pub table: &'static str,
    pub rows: u64,
    pub total: u64,
}

/// What is done with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Copy,
    Compare,
}

/// A table that is the same in both databases now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub table: &'static str,
    pub rows: u64,
    pub sha256: [u8; 32],
}

impl Moving {
    /// Takes both databases for itself and brings their schemas up to date.
    ///
    /// # Errors
    /// When one cannot be used or is in use, or when the target has notes of its own.
    pub async fn between(source: &DatabaseUrl, target: &DatabaseUrl) -> Result<Self, MoveError> {
        if source == target {
            return Err(MoveError::Same);
        }
        let mut moving =
            Self { source: source_of(source).await?, target: target_of(target).await? };
        match moving.target.is_marked().await? {
            true => moving.check_that_it_is_ours().await?,
            false => moving.mark_if_empty().await?,
        }
        Ok(moving)
    }

    /// Copies what is not there yet, compares, and opens the target. `tell` hears of each step.
    ///
    /// # Errors
    /// When a database fails, or when they differ in the end: then the target stays closed.
    pub async fn run(
        mut self,
        mut tell: impl FnMut(MoveProgress) + Send,
    ) -> Result<Vec<Moved>, MoveError> {
        for table in Table::moved() {
            self.copy(table, &mut tell).await?;
        }
        let mut moved = Vec::new();
        for table in Table::moved() {
            moved.push(self.compare(table, &mut tell).await?);
        }
        let positions =
            [self.source.position(LANES[0]).await?, self.source.position(LANES[1]).await?];
        self.target.open_for_use(positions).await?;
        Ok(moved)
    }

    async fn mark_if_empty(&mut self) -> Result<(), MoveError> {
        for table in Table::moved() {
            if self.target.count(table.name).await? > 0 {
                return Err(MoveError::NotEmpty(table.name));
            }
        }
        Ok(self.target.mark().await?)
    }

    /// A half-done copy is of this source if the last of what it has of the log is the source's, too.
    async fn check_that_it_is_ours(&mut self) -> Result<(), MoveError> {
        let log = Table::log();
        let columns = self.target.columns(log).await?;
        for lane in LANES {
            let Some(last) = self.target.last(lane).await? else { continue };
            let part = Part::of_lane(log, &columns, lane).beyond(last - 1);
            let ours = self.source.rows(&part).try_next().await?;
            if ours != self.target.rows(&part).try_next().await? {
                return Err(MoveError::Another);
            }
        }
        Ok(())
    }

    async fn copy(
        &mut self,
        table: &'static Table,
        tell: &mut (impl FnMut(MoveProgress) + Send),
    ) -> Result<(), MoveError> {
        let total = self.source.count(table.name).await?;
        let columns = self.target.columns(table).await?;
        if table.fate != Fate::Log {
            self.target.clear(table.name).await?;
        }
        let mut rows = self.target.count(table.name).await?;
        for part in parts(table, &columns) {
            let part = match part.lane {
                Some(lane) => part.beyond(self.target.last(lane).await?.unwrap_or(0)),
                None => part,
            };
            let mut source = self.source.rows(&part);
            let mut chunk = Chunk::default();
            while let Some(row) = source.try_next().await? {
                if let Some(full) = chunk.add(row) {
                    rows += full.len() as u64;
                    self.target.write(table.name, &columns, full).await?;
                    tell(MoveProgress { step: Step::Copy, table: table.name, rows, total });
                }
            }
            rows += chunk.rows.len() as u64;
            self.target.write(table.name, &columns, chunk.rows).await?;
            tell(MoveProgress { step: Step::Copy, table: table.name, rows, total });
        }
        Ok(())
    }

    async fn compare(
        &mut self,
        table: &'static Table,
        tell: &mut (impl FnMut(MoveProgress) + Send),
    ) -> Result<Moved, MoveError> {
        let columns = self.target.columns(table).await?;
        let parts = parts(table, &columns);
        let (here, there) =
            tokio::try_join!(sum(self.source.as_mut(), &parts), sum(self.target.as_mut(), &parts))?;
        if here != there {
            return Err(MoveError::Differs(table.name));
        }
        let (rows, sha256) = here;
        tell(MoveProgress { step: Step::Compare, table: table.name, rows, total: rows });
        Ok(Moved { table: table.name, rows, sha256 })
    }
}

fn parts<'a>(table: &'static Table, columns: &'a [String]) -> Vec<Part<'a>> {
    match table.fate {
        Fate::Log => LANES.map(|lane| Part::of_lane(table, columns, lane)).to_vec(),
        _ => vec![Part::of(table, columns)],
    }
}

async fn sum(side: &mut dyn Side, parts: &[Part<'_>]) -> Result<(u64, [u8; 32]), StoreError> {
    let mut sum = Sum::default();
    for part in parts {
        let mut rows = side.rows(part);
        while let Some(row) = rows.try_next().await? {
            sum.add(&row);
        }
    }
    Ok(sum.finish())
}

/// Rows on their way into one commit.
#[derive(Default)]
struct Chunk {
    rows: Vec<Row>,
    bytes: usize,
}

impl Chunk {
    /// Takes a row; gives all of them back when they are enough.
    fn add(&mut self, row: Row) -> Option<Vec<Row>> {
        self.bytes += row.iter().map(Cell::size).sum::<usize>();
        self.rows.push(row);
        let full = self.rows.len() >= CHUNK || self.bytes >= CHUNK_BYTES;
        full.then(|| std::mem::take(self).rows)
    }
}

async fn source_of(url: &DatabaseUrl) -> Result<Box<dyn Side>, MoveError> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => Box::new(SqliteSide::source(path).await?),
        DatabaseUrl::Postgres(url) => Box::new(PostgresSide::source(url).await?),
        DatabaseUrl::Memory => return Err(MoveError::Memory),
    })
}

async fn target_of(url: &DatabaseUrl) -> Result<Box<dyn Side>, MoveError> {
    Ok(match url {
        DatabaseUrl::Sqlite(path) => Box::new(SqliteSide::target(path).await?),
        DatabaseUrl::Postgres(url) => Box::new(PostgresSide::target(url).await?),
        DatabaseUrl::Memory => return Err(MoveError::Memory),
    })
}
