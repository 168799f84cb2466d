use std::fmt;
use std::io;

use thiserror::Error;
use tokio_tungstenite::tungstenite;

/// Why a measurement could not be made, or what it found wrong.
#[derive(Debug, Error)]
pub enum BenchError {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("socket: {0}")]
    Socket(#[from] Box<tungstenite::Error>),
    /// The server closed a socket, with its code and reason.
    #[error("the server closed the socket: {0}")]
    Closed(String),
    #[error("the server said something unreadable: {0}")]
    Unreadable(String),
    #[error("{what} took longer than {seconds} s")]
    TimedOut { what: &'static str, seconds: u64 },
    #[error("the server ended before it answered; the end of its log:\n{0}")]
    ServerEnded(String),
    /// The product broke a promise.
    #[error("{0}")]
    Broken(String),
}

impl From<tungstenite::Error> for BenchError {
    fn from(error: tungstenite::Error) -> Self {
        Self::Socket(Box::new(error))
    }
}

impl BenchError {
    /// What another part of the product said.
    pub(crate) fn broken(error: impl fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }
}
