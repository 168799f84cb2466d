//! A note as others see it before they open it: HTML, plain text, and the card's picture as PNG and SVG.
//!
//! comrak parses, ammonia sanitises last, takumi lays out and draws. Nothing here fetches anything,
//! and every step is bounded, so that no note takes more than a few milliseconds.

mod card;
mod excerpt;
mod fonts;
mod glyphs;
mod html;
mod markdown;
mod plain;
mod render;

pub use fonts::FontError;
pub use render::{RENDERER_VERSION, Renderer};
