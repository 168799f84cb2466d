//! Cells in the types that Postgres wants.

use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::{Column as _, Row as _, TypeInfo as _};
use sticky_domain::port::StoreError;
use uuid::Uuid;

use crate::failure::store_error;
use crate::moving::{Cell, Row};
use crate::row::unreadable;

/// A type of our tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Small,
    Big,
    Text,
    Bytes,
    Id,
}

type Bound = Query<'static, Postgres, PgArguments>;

impl Kind {
    /// By the name that Postgres has for it, in either case.
    pub(super) fn named(name: &str) -> Result<Self, StoreError> {
        let kinds = [Self::Small, Self::Big, Self::Text, Self::Bytes, Self::Id];
        kinds
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| unreadable(&format!("a column of type {name}")))
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Small => "int2",
            Self::Big => "int8",
            Self::Text => "text",
            Self::Bytes => "bytea",
            Self::Id => "uuid",
        }
    }
}

pub(super) fn cell(row: &PgRow, index: usize) -> Result<Cell, StoreError> {
    let cell = match Kind::named(row.columns()[index].type_info().name())? {
        Kind::Small => row.try_get(index).map(|n: Option<i16>| n.map(|n| Cell::Number(n.into()))),
        Kind::Big => row.try_get(index).map(|n: Option<i64>| n.map(Cell::Number)),
        Kind::Text => row.try_get(index).map(|text: Option<String>| text.map(Cell::Text)),
        Kind::Bytes => row.try_get(index).map(|bytes: Option<Vec<u8>>| bytes.map(Cell::Bytes)),
        Kind::Id => row.try_get(index).map(|id: Option<Uuid>| id.map(id_cell)),
    };
    cell.map(|cell| cell.unwrap_or(Cell::Null)).map_err(store_error)
}

fn id_cell(id: Uuid) -> Cell {
    Cell::Bytes(id.into_bytes().to_vec())
}

/// Binds one column of the rows as an array, unless a value is of another type.
pub(super) fn bind(query: Bound, kind: Kind, rows: &[Row], index: usize) -> Option<Bound> {
    Some(match kind {
        Kind::Small => query.bind(column(rows, index, |cell| match cell {
            Cell::Number(number) => i16::try_from(*number).ok(),
            _ => None,
        })?),
        Kind::Big => query.bind(column(rows, index, |cell| match cell {
            Cell::Number(number) => Some(*number),
            _ => None,
        })?),
        Kind::Text => query.bind(column(rows, index, |cell| match cell {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        })?),
        Kind::Bytes => query.bind(column(rows, index, |cell| match cell {
            Cell::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        })?),
        Kind::Id => query.bind(column(rows, index, |cell| match cell {
            Cell::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
            _ => None,
        })?),
    })
}

/// One column, read by `read`, which has nothing to say of what is of another type.
fn column<T>(
    rows: &[Row],
    index: usize,
    read: impl Fn(&Cell) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let value = |row: &Row| match &row[index] {
        Cell::Null => Some(None),
        cell => read(cell).map(Some),
    };
    rows.iter().map(value).collect()
}
