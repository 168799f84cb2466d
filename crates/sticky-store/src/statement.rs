//! A statement that every engine understands, and what to bind.

use std::borrow::Cow;

use uuid::Uuid;

/// The most rows in one statement.
const MOST_ROWS: usize = 64;

#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) text: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Id(Option<Uuid>),
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

impl Statement {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), values: Vec::new() }
    }

    /// A text that was put together from our own parts. Whatever comes from outside is bound.
    pub(crate) const fn made(text: String) -> Self {
        Self { text: Cow::Owned(text), values: Vec::new() }
    }

    pub(crate) fn id(self, id: impl Into<Option<Uuid>>) -> Self {
        self.with(Value::Id(id.into()))
    }

    pub(crate) fn number(self, number: impl Into<Option<i64>>) -> Self {
        self.with(Value::Number(number.into()))
    }

    pub(crate) fn text(self, text: Option<&str>) -> Self {
        self.with(Value::Text(text.map(str::to_owned)))
    }

    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        self.with(Value::Bytes(bytes.to_vec()))
    }

    pub(crate) fn ids(self, ids: impl IntoIterator<Item = Uuid>) -> Self {
        ids.into_iter().fold(self, |statement, id| statement.id(id))
    }

    pub(crate) fn numbers(self, numbers: impl IntoIterator<Item = i64>) -> Self {
        numbers.into_iter().fold(self, |statement, number| statement.number(number))
    }

    fn with(mut self, value: Value) -> Self {
        self.values.push(value);
        self
    }
}

/// `$first, $first+1, …`: so many places to bind.
pub(crate) fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// `($first, …), (…), …`: places for so many rows of so many columns.
pub(crate) fn rows(first: usize, count: usize, columns: usize) -> String {
    let row = |row: usize| format!("({})", places(first + row * columns, columns));
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

/// What one statement takes at a time: sizes are powers of two, so that a few statements stay prepared for any number.
pub(crate) fn portions<T>(mut items: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = 1 << items.len().min(MOST_ROWS).checked_ilog2()?;
        let (portion, rest) = items.split_at(size);
        items = rest;
        Some(portion)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_on() {
        assert_eq!(places(3, 2), "$3, $4");
        assert_eq!(places(1, 0), "");
        assert_eq!(rows(2, 2, 3), "($2, $3, $4), ($5, $6, $7)");
    }

    #[test]
    fn portions_are_powers_of_two_and_leave_nothing_out() {
        let items: Vec<usize> = (0..203).collect();
        let sizes: Vec<usize> = portions(&items).map(<[_]>::len).collect();
        assert_eq!(sizes, [64, 64, 64, 8, 2, 1]);
        assert_eq!(portions(&items).flatten().copied().collect::<Vec<_>>(), items);
        assert_eq!(portions::<u8>(&[]).count(), 0);
    }
}
