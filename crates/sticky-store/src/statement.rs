//! A statement that every engine understands, and what to bind.

use std::borrow::Cow;

use uuid::Uuid;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_on() {
        assert_eq!(places(3, 2), "$3, $4");
        assert_eq!(places(1, 0), "");
    }
}
