use sticky_domain::port::StoreError;
use thiserror::Error;

use crate::OpenError;

/// Why an installation was not moved. Every message is meant for whoever runs the command.
#[derive(Debug, Error)]
pub enum MoveError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("notes in memory:// are inside the server's own process; they cannot be moved")]
    Memory,
    #[error("it is the same database")]
    Same,
    #[error("there is no database {0}")]
    Missing(String),
    #[error("{0} connections of servers use the database that is to be moved; stop them first")]
    Served(i64),
    #[error("another move into this database is going on")]
    Busy,
    #[error(
        "the database that the notes are to be moved to has something already (in `{0}`); move them to a new one"
    )]
    NotEmpty(&'static str),
    #[error("the half-done copy there is one of another database; move this one to a new one")]
    Another,
    #[error(
        "`{0}` is not the same in both databases; the copy is not to be used. Move to a new one"
    )]
    Differs(&'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
}
