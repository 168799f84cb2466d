use thiserror::Error;

use crate::varint;

/// Why bytes were not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not something that a Yjs peer writes.
    #[error("malformed bytes")]
    Malformed,
    /// Written by Yjs, but not text: arrays, maps, nested types, sub-documents, large embeds.
    #[error("only text documents are kept here")]
    UnsupportedContent,
    #[error("the update is too large")]
    UpdateTooLarge,
    #[error("the state vector is too large")]
    VectorTooLarge,
    #[error("the presence state is too large")]
    AwarenessTooLarge,
}

impl Refusal {
    /// The stable name that clients see in error frames and close reasons.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnsupportedContent => "unsupported_content",
            Self::UpdateTooLarge => "update_too_large",
            Self::VectorTooLarge => "vector_too_large",
            Self::AwarenessTooLarge => "awareness_too_large",
        }
    }
}

impl From<varint::Malformed> for Refusal {
    fn from(_: varint::Malformed) -> Self {
        Self::Malformed
    }
}
