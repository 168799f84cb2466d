//! Cards: a note as a picture, and the port that draws it.

use thiserror::Error;

/// Which of the two looks a card is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Theme {
    Light,
    Dark,
}

/// What a card shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Card {
    pub title: String,
    /// The note's text; what exceeds 64 kB is not drawn.
    pub markdown: String,
    pub theme: Theme,
}

/// Draws cards. Rendering never fetches anything and is bounded in input, not in concurrency: the caller bounds that.
pub trait CardRenderer: Send + Sync {
    /// 1200x630 PNG.
    fn png(&self, card: &Card) -> Result<Vec<u8>, RenderError>;

    /// 1200x630 SVG, glyphs as paths.
    fn svg(&self, card: &Card) -> Result<String, RenderError>;

    /// The text as a sanitised HTML fragment.
    fn html(&self, card: &Card) -> String;

    /// The text without marks.
    fn plain(&self, card: &Card) -> String;

    /// One line of at most `characters` characters for descriptions.
    fn summary(&self, card: &Card, characters: usize) -> String;

    /// Changes whenever the same card would be drawn differently: part of every cache key.
    fn version(&self) -> u64;
}

/// The card could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the card could not be drawn: {0}")]
pub struct RenderError(pub String);
