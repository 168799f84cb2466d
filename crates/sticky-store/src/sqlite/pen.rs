use std::ops::{Deref, DerefMut};

use sqlx::sqlite::SqliteConnection;

/// A connection that counts its uses: whoever finds the count that they left knows that nobody has written with it since.
pub(crate) struct Pen {
    connection: SqliteConnection,
    uses: u64,
}

impl Pen {
    pub(crate) fn new(connection: SqliteConnection) -> Self {
        Self { connection, uses: 0 }
    }

    pub(crate) fn uses(&self) -> u64 {
        self.uses
    }
}

impl Deref for Pen {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Pen {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.uses += 1;
        &mut self.connection
    }
}
