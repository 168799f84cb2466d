use bytes::Bytes;
use thiserror::Error;

/// Judges the updates of a note that was written elsewhere.
pub trait Vetting: Send + Sync {
    /// For the updates of one note, from the first.
    fn begin(&self) -> Box<dyn Vet>;
}

/// What the updates of one note come to.
pub trait Vet: Send {
    /// Takes the next update.
    ///
    /// # Errors
    /// When no session could have sent it.
    fn take(&mut self, update: Bytes) -> Result<(), Unfit>;

    /// After the last update.
    ///
    /// # Errors
    /// When together they are not a note, or one that is too large.
    fn finish(self: Box<Self>) -> Result<(), Unfit>;
}

/// Why updates are not taken. The code is stable (`malformed`, `unsupported_content`, `doc_full`, …).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Unfit {
    pub code: &'static str,
    pub message: String,
}
