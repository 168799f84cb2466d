//! The fonts that cards are drawn with, and which characters they have.

use std::sync::Arc;

use skrifa::{FontRef, MetadataProvider};
use takumi::prelude::{FontResource, FontSource, Fonts};
use thiserror::Error;

/// Inter by The Inter Project Authors, SIL Open Font License 1.1, see fonts/inter-LICENSE.txt.
const INTER: &[u8] = include_bytes!("../fonts/inter-latin-wght-normal.woff2");

/// A font that could not be used; the others are.
#[derive(Debug, Error)]
#[error("the font {name} cannot be used: {reason}")]
pub struct FontError {
    pub name: String,
    pub reason: String,
}

/// Every font loaded so far. Cloning is cheap where nothing is added.
#[derive(Clone)]
pub(crate) struct FontSet {
    pub(crate) fonts: Fonts,
    pub(crate) coverage: Coverage,
    /// Tells sets apart: the same fonts in the same order have the same print on every machine.
    pub(crate) print: u64,
}

impl FontSet {
    pub(crate) fn inter() -> Self {
        let mut set =
            Self { fonts: Fonts::default(), coverage: Coverage::default(), print: FNV_START };
        set.add(INTER).expect("the committed font is sound");
        set
    }

    /// Adds a TrueType, OpenType or WOFF2 font.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        let sfnt = decompressed(bytes)?;
        let font = FontRef::new(&sfnt).map_err(|error| error.to_string())?;
        let characters: Vec<u32> = font.charmap().mappings().map(|(c, _)| c).collect();
        let source = FontSource::from_shared(Arc::new(sfnt));
        let families =
            self.fonts.register(FontResource::new(source)).map_err(|error| error.to_string())?;
        if families.is_empty() {
            return Err("it has no family name".to_owned());
        }
        self.coverage.add(characters);
        self.print = fnv(self.print, bytes);
        Ok(())
    }
}

fn decompressed(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if bytes.starts_with(b"wOF2") {
        return wuff::decompress_woff2(bytes).map_err(|error| error.to_string());
    }
    Ok(bytes.to_vec())
}

/// The characters that some font of a set can draw, as ascending ranges.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coverage(Vec<(u32, u32)>);

impl Coverage {
    /// Whether the character can be drawn, or has nothing to draw.
    pub(crate) fn has(&self, c: char) -> bool {
        let code = u32::from(c);
        let after = self.0.partition_point(|(start, _)| *start <= code);
        is_invisible(c) || after > 0 && code <= self.0[after - 1].1
    }

    fn add(&mut self, characters: impl IntoIterator<Item = u32>) {
        self.0.extend(characters.into_iter().map(|c| (c, c)));
        self.0.sort_unstable();
        self.0.dedup_by(|next, range| {
            let joins = next.0 <= range.1.saturating_add(1);
            if joins {
                range.1 = range.1.max(next.1);
            }
            joins
        });
    }
}

/// Spaces, joiners, selectors, direction marks and controls take no glyph.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
