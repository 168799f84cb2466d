//! Searching: how texts, titles and queries become words, the same on every engine.
//!
//! Engines find what has these words; whether and where it says what was asked is looked at here, in the text itself.

mod query;
mod snippet;
mod words;

pub use query::{Query, QueryError, Term};
pub use snippet::{Piece, snippet};
pub use words::{grams, words};
