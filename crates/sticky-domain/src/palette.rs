//! Cursor colours: a fixed palette whose names read on light and dark alike.

use crate::id::RootId;

/// One person's colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// For the caret and the name behind white letters: at least 4.5:1 against white.
    pub strong: &'static str,
    /// For the selection.
    pub soft: &'static str,
}

const PALETTE: [Colour; 10] = [
    Colour { strong: "#b3261e", soft: "#b3261e33" },
    Colour { strong: "#9a4600", soft: "#9a460033" },
    Colour { strong: "#7a5900", soft: "#7a590033" },
    Colour { strong: "#4a6a00", soft: "#4a6a0033" },
    Colour { strong: "#1a7040", soft: "#1a704033" },
    Colour { strong: "#006b6b", soft: "#006b6b33" },
    Colour { strong: "#00639b", soft: "#00639b33" },
    Colour { strong: "#3f51b5", soft: "#3f51b533" },
    Colour { strong: "#7b3fb5", soft: "#7b3fb533" },
    Colour { strong: "#a8326e", soft: "#a8326e33" },
];

/// The colour of a person, the same on every node and after every reload.
pub fn colour_of(root: RootId) -> Colour {
    let sum: u32 = root.0.as_bytes().iter().map(|byte| u32::from(*byte)).sum();
    PALETTE[sum as usize % PALETTE.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(hex: &str) -> f64 {
        let value = f64::from(u8::from_str_radix(hex, 16).unwrap()) / 255.0;
        if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    }

    /// WCAG 2.2 relative luminance.
    fn luminance(colour: &str) -> f64 {
        0.2126 * channel(&colour[1..3])
            + 0.7152 * channel(&colour[3..5])
            + 0.0722 * channel(&colour[5..7])
    }

    #[test]
    fn white_letters_read_on_every_colour() {
        for colour in PALETTE {
            let contrast = 1.05 / (luminance(colour.strong) + 0.05);
            assert!(contrast >= 4.5, "{} has {contrast:.2}:1", colour.strong);
        }
    }
}
