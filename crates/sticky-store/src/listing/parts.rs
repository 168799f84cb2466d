use uuid::Uuid;

use crate::statement::{Statement, places};

/// A statement while its parts are put together.
pub(super) struct Parts {
    text: String,
    statement: Statement,
}

impl Parts {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), statement: Statement::new("") }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn ids(&mut self, ids: &[Uuid]) {
        let first = self.statement.values.len() + 1;
        self.text.push_str(&places(first, ids.len()));
        let statement = std::mem::replace(&mut self.statement, Statement::new(""));
        self.statement = statement.ids(ids.iter().copied());
    }

    pub(super) fn number(&mut self, number: i64) {
        self.bind(|statement| statement.number(number));
    }

    pub(super) fn bind(&mut self, bind: impl FnOnce(Statement) -> Statement) {
        let bound = bind(std::mem::replace(&mut self.statement, Statement::new("")));
        self.statement = bound;
        self.text.push_str(&format!("${}", self.statement.values.len()));
    }

    pub(super) fn made(self) -> Statement {
        Statement { values: self.statement.values, ..Statement::made(self.text) }
    }
}
